import { createRoute, z } from "@hono/zod-openapi";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { ShareLink, ShareLinkRequest } from "@lemons/shared/contract/sharing";
import { shareLinkExample } from "@lemons/shared/contract/sharing.example";
import { requireUploader } from "../../access/require-scope.ts";
import { linkText, signShareLink } from "../../access/sharing/share-link.ts";
import { settingsOf } from "../../base/env.ts";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { requireJson } from "../../base/http/require-media-type.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findStoredFacts } from "../../work/explanations/explanation-store.ts";
import { limitBody } from "./check-request.ts";
import { createRouter } from "./create-app.ts";
import { noQuery } from "./parameters.ts";
import { json, jsonProblems, problem, refused, tooMuch } from "./responses.ts";

const MAX_BODY_BYTES = 1024;

const { id } = explanationExample;

const postLink = createRoute({
  method: "post",
  path: "/v1/explanations/{explanation}/links",
  summary: "Create a signed link to a private explanation",
  description:
    "The link opens this explanation without a key until it expires. It isn't stored, so the only way to revoke it is to remove the track.",
  security: [{ key: [] }],
  middleware: [requireUploader, requireJson, limitBody(MAX_BODY_BYTES)] as const,
  request: {
    params: z.object({ explanation: ExplanationId }),
    ...noQuery,
    body: { required: true, content: { "application/json": { schema: ShareLinkRequest } } },
  },
  responses: {
    201: json(
      "the link, and the addresses that it opens",
      ShareLink,
      shareLinkExample,
      "Cache-Control",
    ),
    ...jsonProblems(MAX_BODY_BYTES),
    ...refused("upload"),
    404: problem("no such explanation of the caller", { kind: "unknown-explanation", id }),
    409: problem("the explanation is public and needs no link", { kind: "not-private", id }),
    429: tooMuch(),
  },
});

export const shareLinkRoutes = createRouter().openapi(postLink, async (c) => {
  const { explanation } = c.req.valid("param");
  const { lifetimeSeconds } = c.req.valid("json");
  const caller = c.get("caller");
  const standing = await findStoredFacts(c.env.BUCKET, explanation);
  // Only the owner creates links: administrators who can see the explanation can't.
  const owner = standing?.ownership.owner ?? null;
  if (standing === null || !(owner === null || owner === caller.owner)) {
    throw new ProblemError({ kind: "unknown-explanation", id: explanation });
  }
  if (owner === null) throw new ProblemError({ kind: "not-private", id: explanation });
  const settings = settingsOf(c.env);
  const keptUntil = caller.visitor?.expiresAt.getTime() ?? Number.POSITIVE_INFINITY;
  const expiresAt = new Date(Math.min(Date.now() + lifetimeSeconds * 1000, keptUntil));
  const link = await signShareLink(settings, { id: explanation, ...standing }, expiresAt);
  const query = linkText(link);
  const at = (path: string) => `${settings.PUBLIC_ORIGIN}${path}?${query}`;
  c.header("Cache-Control", PRIVATE);
  return c.json(
    {
      explanation,
      expiresAt: new Date(Number(link.expires) * 1000).toISOString(),
      frame: at(`/embed/${explanation}`),
      page: at(`/e/${explanation}`),
      picture: at(`/e/${explanation}/picture.png`),
      query,
    },
    201,
  );
});
