import type { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { HeadExample } from "@lemons/shared/model/fit-head";
import { z } from "zod";
import type { Encoder } from "../../catalogue/encoders.ts";
import { blocksOf, readFeatures } from "../../catalogue/features/feature-store.ts";
import { ownFeaturesHeard } from "../../catalogue/features/own-features.ts";

/** Tracks not listened to that a fit takes into account at most: it stays a matter of a second. */
export const MAX_NEGATIVES = 2000;
/** Tracks listened to that it takes at most, those played most often. */
const MAX_POSITIVES = 1000;
/** Silence counts as much as this share of all tracks that were not listened to. */
const SILENCE_SHARE = 0.1;

/** What a head is fitted on. */
export interface HeadExamples {
  examples: HeadExample[];
  /** Tracks listened to among them. */
  listened: number;
  /** Tracks not listened to among them; silence comes besides. */
  others: number;
}

/**
 * A listener's tracks (of the catalogue, and of the key whose listener it is) and an even choice of all others, by their features in the store: the same
 * features always give the same examples.
 */
export async function headExamples(
  env: Env,
  encoder: Encoder,
  listener: ListenerId,
): Promise<HeadExamples> {
  const heard = await listenedBy(env.DB, listener);
  const every = await negativesApart(env.DB, encoder);
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
  const { results } = await db
    .prepare("SELECT track FROM listens WHERE listener = ? ORDER BY plays DESC, track LIMIT ?")
    .bind(listener, MAX_POSITIVES)
    .all();
  return new Set(
    z
      .array(z.object({ track: z.string() }))
      .parse(results)
      .map(({ track }) => track),
  );
}

/** Of how many tracks one is taken. */
async function negativesApart(db: D1Database, { version }: Encoder): Promise<number> {
  const row = await db
    .prepare("SELECT count(*) AS tracks FROM features WHERE encoder_version = ?")
    .bind(version)
    .first();
  const { tracks } = z.object({ tracks: z.int() }).parse(row);
  return Math.max(1, Math.ceil(tracks / MAX_NEGATIVES));
}
