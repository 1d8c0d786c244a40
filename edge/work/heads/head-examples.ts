import { type ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { HeadExample } from "@lemons/shared/model/fit-head";
import { column } from "../../base/rows.ts";
import type { StoredEncoder } from "../../catalogue/encoders.ts";
import { blocksOf, readFeatures } from "../../catalogue/features/feature-store.ts";
import { ownFeaturesHeard } from "../../catalogue/features/own-features.ts";

/** Maximum number of unheard tracks in a fit, which keeps it within a second. */
export const MAX_NEGATIVES = 2000;
/** Maximum number of heard tracks in a fit, those with the most plays. */
const MAX_POSITIVES = 1000;
/** Weight of silence, as a share of all unheard tracks. */
const SILENCE_SHARE = 0.1;

/** The examples that a head is fitted on. */
export interface HeadExamples {
  examples: HeadExample[];
  /** Number of heard tracks among them. */
  listened: number;
  /** Number of unheard tracks among them, without silence. */
  others: number;
}

/**
 * Selects a listener's heard tracks (of the catalogue, and uploads of the listener's owner) and an even
 * selection of all others, with their stored features. The same features always give the same examples.
 */
export async function headExamples(
  env: Env,
  encoder: StoredEncoder,
  listener: ListenerId,
): Promise<HeadExamples> {
  const heard = await listenedBy(env.DB, listener);
  const every = Math.max(1, Math.ceil(encoder.pooledTracks / MAX_NEGATIVES));
  const positives: HeadExample[] = [];
  const negatives: HeadExample[] = [];
  let passed = 0;
  for (const number of await blocksOf(env.DB, encoder.version)) {
    const read = await readFeatures(env, encoder, number);
    if (read === null) continue;
    for (const { track, row } of read.tracks) {
      const isPositive = heard.has(track);
      if (!isPositive && passed++ % every !== 0) continue;
      const start = row * encoder.features;
      const features = read.block.matrix.slice(start, start + encoder.features);
      (isPositive ? positives : negatives).push({ features, isPositive, weight: 1 });
    }
  }
  for (const features of await ownFeaturesHeard(env.DB, encoder, listener, MAX_POSITIVES)) {
    positives.push({ features, isPositive: true, weight: 1 });
  }
  const silence =
    encoder.silence === null || negatives.length === 0
      ? []
      : [
          {
            features: encoder.silence,
            isPositive: false,
            weight: SILENCE_SHARE * negatives.length,
          },
        ];
  return {
    examples: [...positives, ...negatives, ...silence],
    listened: positives.length,
    others: negatives.length,
  };
}

async function listenedBy(db: D1Database, listener: ListenerId): Promise<Set<TrackId>> {
  const tracks = await column(
    db,
    TrackId,
    "SELECT track FROM listens WHERE listener = ? ORDER BY plays DESC, track LIMIT ?",
    ...[listener, MAX_POSITIVES],
  );
  return new Set(tracks);
}
