import { ExplanationId, type TrackId } from "@lemons/shared/contract/identifier";
import type { Context } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { ANONYMOUS, type Caller } from "../../access/caller.ts";
import { checkShareLink, parseShareLink } from "../../access/sharing/share-link.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import {
  discard,
  findExplanation,
  findStored,
  type StoredBytes,
  type StoredFacts,
} from "./explanation-store.ts";

/**
 * Finds a finished explanation and who reads it.
 *
 * @throws ProblemError link-refused, link-expired, link-leads-nowhere
 */
export async function findForReader(
  c: Context<AppEnv>,
  id: ExplanationId,
): Promise<{ stored: StoredBytes | null; reader: Caller }> {
  const stored = await findStored(c.env.BUCKET, id);
  try {
    return { stored, reader: await resolveReader(c, id, stored) };
  } catch (error) {
    if (stored !== null) await discard(stored);
    throw error;
  }
}

/**
 * Resolves who reads an explanation: the caller, or by a signed link a reader with the owner's view.
 * The result is valid for this explanation only.
 *
 * @param stored the explanation; null if it isn't finished
 * @throws ProblemError link-refused, link-expired, link-leads-nowhere
 */
async function resolveReader(
  c: Context<AppEnv>,
  id: ExplanationId,
  stored: StoredFacts | null,
): Promise<Caller> {
  const link = parseShareLink(new URL(c.req.url).searchParams);
  if (link === null) return c.get("caller");
  if (stored === null) throw new ProblemError({ kind: "link-leads-nowhere" });
  const { owner } = stored.ownership;
  if (owner === null) return c.get("caller");
  await checkShareLink(c.env, { id, storedAt: stored.storedAt }, link, new Date());
  return { ...ANONYMOUS, owner };
}

/**
 * Resolves who reads a track: the caller, or by the signed link of an explanation of the track a reader
 * with the owner's view. The result is valid for this track only.
 *
 * @throws ProblemError link-refused, link-expired; unknown-track if the link is of another track
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
  const { ownership, storedAt, explanation } = stored;
  if (ownership.owner === null) return c.get("caller");
  await checkShareLink(c.env, { id: explanation.id, storedAt }, link, new Date());
  return { ...ANONYMOUS, owner: ownership.owner };
}
