import { ExplanationId, type TrackId } from "@lemons/shared/contract/identifier";
import type { Context } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { ANONYMOUS, type Caller } from "../../access/caller.ts";
import { checkShareLink, parseShareLink } from "../../access/sharing/share-link.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findExplanation, findStanding } from "./explanation-store.ts";

/**
 * Who reads one explanation: whoever asks; or, by a signed link, somebody who sees of its owner's things
 * this one. To be asked about nothing else.
 *
 * @throws ProblemError link-refused, link-expired, link-leads-nowhere
 */
export async function resolveReader(c: Context<AppEnv>, id: ExplanationId): Promise<Caller> {
  const link = parseShareLink(new URL(c.req.url).searchParams);
  if (link === null) return c.get("caller");
  const standing = await findStanding(c.env.BUCKET, id);
  if (standing === null) throw new ProblemError({ kind: "link-leads-nowhere" });
  const { owner } = standing.ownership;
  if (owner === null) return c.get("caller");
  await checkShareLink(c.env, { id, ...standing }, link, new Date());
  return { ...ANONYMOUS, owner };
}

/**
 * Who reads one track: whoever asks; or, by the signed link of an explanation of it, somebody who sees of
 * its owner's things this one. To be asked about nothing else.
 *
 * @throws ProblemError link-refused, link-expired; unknown-track where the link is of something else
 */
export async function resolveTrackReader(c: Context<AppEnv>, track: TrackId): Promise<Caller> {
  const query = new URL(c.req.url).searchParams;
  const link = parseShareLink(query);
  if (link === null) return c.get("caller");
  const id = ExplanationId.safeParse(query.get("explanation"));
  const stored = id.success ? await findExplanation(c.env.BUCKET, id.data) : null;
  if (stored === null || stored.explanation.track !== track) {
    throw new ProblemError({ kind: "unknown-track", id: track });
  }
  if (stored.ownership.owner === null) return c.get("caller");
  const { storedAt, explanation } = stored;
  await checkShareLink(c.env, { id: explanation.id, storedAt }, link, new Date());
  return { ...ANONYMOUS, owner: stored.ownership.owner };
}
