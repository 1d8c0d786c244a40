import type { Sha256 } from "@lemons/shared/contract/identifier";
import { findEncoder } from "../../catalogue/encoders.ts";
import { tracksWithoutFeatures } from "../../catalogue/features/feature-store.ts";
import { activeEncoders, staleHeads } from "../../catalogue/models.ts";
import { unscoredTracks } from "../../catalogue/scores.ts";

/** Returns the object that scores the catalogue with an encoder. */
export const scoringOf = (env: Env, encoderVersion: Sha256) =>
  env.CATALOGUE_SCORING.getByName(encoderVersion);

/**
 * Starts scoring the catalogue with an encoder, unless a run is under way.
 *
 * @returns why scoring is paused, or null
 */
export function ensureScoring(env: Env, encoderVersion: Sha256): Promise<string | null> {
  return scoringOf(env, encoderVersion).ensure(encoderVersion);
}

/** Starts scoring with every encoder in use; called on a schedule. */
export async function ensureAllScoring(env: Env): Promise<void> {
  const encoders = await activeEncoders(env.DB);
  await Promise.all(encoders.map((encoderVersion) => ensureScoring(env, encoderVersion)));
}

/** Returns true if scores under an encoder's active models are missing or stale, and due. */
export async function hasScoringWork(
  db: D1Database,
  encoderVersion: Sha256,
  now: Date,
): Promise<boolean> {
  const first = { limit: 1, now };
  const encoder = await findEncoder(db, encoderVersion);
  if (encoder === null) return (await unscoredTracks(db, encoderVersion, first)).length > 0;
  const [tracks, heads] = await Promise.all([
    tracksWithoutFeatures(db, encoderVersion, first),
    staleHeads(db, encoder, 1),
  ]);
  return tracks.length + heads.length > 0;
}
