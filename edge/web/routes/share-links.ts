import { createRoute, z } from "@hono/zod-openapi";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { ShareLink, ShareLinkRequest } from "@lemons/shared/contract/sharing";
import { shareLinkExample } from "@lemons/shared/contract/sharing.example";
import { bodyLimit } from "hono/body-limit";
import { requireUploader } from "../../access/require-scope.ts";
import { linkText, signShareLink } from "../../access/sharing/share-link.ts";
import { settingsOf } from "../../base/env.ts";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { requireJson } from "../../base/http/require-media-type.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findStoredFacts } from "../../work/explanations/explanation-store.ts";
import { createRouter } from "./create-app.ts";
import { noQuery } from "./parameters.ts";
import { json, jsonProblems, problem, refused, tooMuch } from "./responses.ts";

const MAX_BODY_BYTES = 1024;

const { id } = explanationExample;

const postLink = createRoute({
  method: "post",
  path: "/v1/explanations/{explanation}/links",
  summary: "Make a link that shows a private explanation for a while",
  description:
    "Whoever has the link sees and hears this one explanation, without a key, until it expires. Nothing is stored: it cannot be taken back but by removing the track, which ends it at once.",
  security: [{ key: [] }],
  middleware: [
    requireUploader,
    requireJson,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new ProblemError({ kind: "body-too-large", limitBytes: MAX_BODY_BYTES });
      },
    }),
  ] as const,
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
    404: problem("no such explanation of this key", { kind: "unknown-explanation", id }),
    409: problem("it is everybody's, and needs no link", { kind: "not-private", id }),
    429: tooMuch(),
  },
});

/** Links to private explanations. */
export const shareLinkRoutes = createRouter().openapi(postLink, async (c) => {
  const { explanation } = c.req.valid("param");
  const { lifetimeSeconds } = c.req.valid("json");
  const caller = c.get("caller");
  const standing = await findStoredFacts(c.env.BUCKET, explanation);
  // Whose it is, alone makes links: an administrator who sees it does not.
  const owner = standing?.ownership.owner ?? null;
  if (standing === null || !(owner === null || owner === caller.owner)) {
    throw new ProblemError({ kind: "unknown-explanation", id: explanation });
  }
  if (owner === null) throw new ProblemError({ kind: "not-private", id: explanation });
  const settings = settingsOf(c.env);
  const keptUntil = caller.visitor?.expiresAt.getTime() ?? Number.POSITIVE_INFINITY;
  const wanted = new Date(Math.min(Date.now() + lifetimeSeconds * 1000, keptUntil));
  const link = await signShareLink(settings, { id: explanation, ...standing }, wanted);
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
