import type { TrackId } from "@lemons/shared/contract/identifier";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { logitOfHead } from "@lemons/shared/model/linear-head";
import { type Encoder, findEncoder } from "../../catalogue/encoders.ts";
import { findTrackFeatures } from "../../catalogue/features/feature-store.ts";
import type { ActiveModel } from "../../catalogue/models.ts";
import { findScore } from "../../catalogue/scores.ts";
import { scoreHeads } from "./score-heads.ts";

/** While features keep coming, a listener's scores are renewed this seldom. */
const RENEW_AFTER_MS = 2000;

/**
 * Sees to it that a listener's stored scores are those of the present features and head: computes them
 * now where they are not. While features of tracks are still being computed, not at every call.
 *
 * @param isComplete whether every track has its features
 */
export async function refreshScores(
  env: Env,
  active: ActiveModel,
  encoder: Encoder,
  isComplete: boolean,
): Promise<void> {
  if (active.scoredRevision === encoder.revision) return;
  const age = Date.now() - (active.scoredAt?.getTime() ?? 0);
  if (active.scoredRevision !== null && !isComplete && age < RENEW_AFTER_MS) return;
  await scoreHeads(env, encoder, [active]);
}

/**
 * A model's score of one track, heard or not: from the track's features, or as stored where the model is
 * used whole.
 *
 * @returns null while there is none
 */
export async function scoreOfTrack(
  env: Env,
  active: ActiveModel,
  track: TrackId,
): Promise<{ relevance: number; logit: number } | null> {
  const { model, head } = active;
  const encoder = head && (await findEncoder(env.DB, model.encoderVersion));
  if (encoder === null) return findScore(env.DB, model, track);
  const features = await findTrackFeatures(env, encoder, track);
  if (features === null) return null;
  const logit = logitOfHead(head!, features);
  return { logit, relevance: sigmoid(logit) };
}
