import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import {
  ExplanationRequest,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { findTrack } from "../catalogue/tracks.ts";
import { resolveQuestion } from "../explanations/identity.ts";
import { findExplanation } from "../explanations/store.ts";
import { ProblemError } from "../problems/problem.ts";
import type { EmbedTarget } from "./embed-target.ts";

/** A stored explanation with the track that it explains. */
export interface Embedded {
  explanation: PublishedExplanation;
  track: TrackDetail;
}

/** The finest first. */
const TYPES: readonly ExplanationType[] = ["time+source", "source", "time"];

/**
 * The explanation behind a target. The newest is the one under the listener's active model, of the
 * finest type that is stored; nothing is computed for it.
 *
 * @throws ProblemError unknown-listener, unknown-track, no-model, unknown-explanation, not-explained
 */
export async function findEmbedded(env: Env, target: EmbedTarget): Promise<Embedded> {
  const explanation =
    target.kind === "explanation"
      ? await explanationById(env, target.id)
      : await newestExplanation(env, target);
  // What belongs to a key is embedded nowhere.
  const track = await findTrack(env.DB, explanation.track, null);
  if (track === null) throw new ProblemError({ kind: "unknown-track", id: explanation.track });
  return { explanation, track };
}

async function explanationById(env: Env, id: string): Promise<PublishedExplanation> {
  const stored = await findExplanation(env.BUCKET, id);
  if (stored === null || stored.owner !== null) {
    throw new ProblemError({ kind: "unknown-explanation", id });
  }
  return stored.explanation;
}

async function newestExplanation(
  env: Env,
  { listener, track }: Extract<EmbedTarget, { kind: "newest" }>,
): Promise<PublishedExplanation> {
  for (const type of TYPES) {
    const { id } = await resolveQuestion(
      env.DB,
      ExplanationRequest.parse({ listener, track, type }),
    );
    const stored = await findExplanation(env.BUCKET, id);
    if (stored !== null) return stored.explanation;
  }
  throw new ProblemError({ kind: "not-explained", listener, track });
}
