import { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Context } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { parseShareLink } from "../../access/sharing/share-link.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import type { EmbedTarget } from "./embed-target.ts";

/** The one explanation that an address names, by the link in its query. */
export const askedTarget = (c: Context<AppEnv>): Extract<EmbedTarget, { kind: "explanation" }> => ({
  kind: "explanation",
  id: explanationIdOf(c),
  link: parseShareLink(new URL(c.req.url).searchParams),
});

/** An id that cannot exist is as unknown as one that does not. */
function explanationIdOf(c: Context<AppEnv>): string {
  const id = c.req.param("explanation") ?? "";
  if (ExplanationId.safeParse(id).success) return id;
  throw new ProblemError({ kind: "unknown-explanation", id });
}
