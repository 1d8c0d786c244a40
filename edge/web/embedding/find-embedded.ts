import type { KeyId } from "@lemons/shared/contract/access";
import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import {
  ExplanationRequest,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { checkShareLink, type LinkQuery } from "../../access/sharing/share-link.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findTrack } from "../../catalogue/tracks.ts";
import { findExplanation } from "../../work/explanations/explanation-store.ts";
import { resolveTask } from "../../work/explanations/resolve-task.ts";
import type { EmbedTarget } from "./embed-target.ts";

/** A stored explanation with the track that it explains. */
export interface Embedded {
  explanation: PublishedExplanation;
  track: TrackDetail;
  /** The signed link that opens a private explanation, or null if it is public. */
  link: { query: LinkQuery; expiresAt: Date } | null;
}

/** Explanation types, the finest first. */
const TYPES: readonly ExplanationType[] = ["time+source", "source", "time"];

/**
 * Finds the explanation of a target. "Newest" means the finest stored type under the listener's active
 * model. Computes nothing.
 *
 * @throws ProblemError unknown-listener, unknown-track, no-model, unknown-explanation, not-explained;
 *   for private explanations link-leads-nowhere, private-explanation, link-refused, link-expired
 */
export async function findEmbedded(env: Env, target: EmbedTarget): Promise<Embedded> {
  const isOne = target.kind === "explanation";
  const { explanation, owner, link } = isOne
    ? await findById(env, target)
    : { explanation: await findNewest(env, target), owner: null, link: null };
  const track = await findTrack(env.DB, explanation.track, owner);
  if (track === null) throw new ProblemError({ kind: "unknown-track", id: explanation.track });
  return { explanation, track, link };
}

async function findById(
  env: Env,
  { id, link }: Extract<EmbedTarget, { kind: "explanation" }>,
): Promise<Pick<Embedded, "explanation" | "link"> & { owner: KeyId | null }> {
  const stored = await findExplanation(env.BUCKET, id);
  if (stored === null) {
    throw new ProblemError(
      link === null ? { kind: "unknown-explanation", id } : { kind: "link-leads-nowhere" },
    );
  }
  const { explanation, ownership, storedAt } = stored;
  const { owner } = ownership;
  if (owner === null) return { explanation, owner, link: null };
  if (link === null) {
    // Who has the id of an uploaded track's explanation may know that it exists. Private listeners stay hidden.
    const kind = ownership.isPrivateTrack ? "private-explanation" : "unknown-explanation";
    throw new ProblemError({ kind, id });
  }
  await checkShareLink(env, { id, storedAt }, link, new Date());
  const expiresAt = new Date(Number(link.expires) * 1000);
  return { explanation, owner, link: { query: link, expiresAt } };
}

async function findNewest(
  env: Env,
  { listener, track }: Extract<EmbedTarget, { kind: "newest" }>,
): Promise<PublishedExplanation> {
  for (const type of TYPES) {
    const { id } = await resolveTask(env, ExplanationRequest.parse({ listener, track, type }));
    const stored = await findExplanation(env.BUCKET, id);
    if (stored !== null && stored.ownership.owner === null) return stored.explanation;
  }
  throw new ProblemError({ kind: "not-explained", listener, track });
}
