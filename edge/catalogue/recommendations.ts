import { Probability } from "@lemons/shared/contract/explanation";
import { type ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { Model } from "@lemons/shared/contract/model";
import type { Recommendation } from "@lemons/shared/contract/recommendation";
import { z } from "zod";
import { TRACK_COLUMNS, TrackRow } from "./tracks.ts";

/** The last recommendation of a page. */
export const RankedPlace = z.tuple([Probability, TrackId, z.int().positive()]);
export type RankedPlace = z.infer<typeof RankedPlace>;

const ScoreRow = z
  .intersection(z.object({ relevance: Probability, logit: z.number() }), TrackRow)
  .transform(({ relevance, logit, ...track }) => ({ relevance, logit, track }));

/**
 * Tracks the listener has not heard, by falling relevance, ties by id.
 *
 * @param after the place the page before ended at
 */
export async function recommend(
  db: D1Database,
  listener: ListenerId,
  model: Model,
  { limit, after }: { limit: number; after?: RankedPlace | undefined },
): Promise<Recommendation[]> {
  const [relevance, track, rank] = after ?? [2, "", 0];
  const { results } = await db
    .prepare(
      `SELECT scores.relevance, scores.logit, ${TRACK_COLUMNS}
       FROM scores JOIN tracks ON tracks.id = scores.track AND tracks.sound_sha256 = scores.sound_sha256
       WHERE scores.model_id = ?1 AND scores.model_version = ?2 AND tracks.owner IS NULL
         AND NOT EXISTS (SELECT 1 FROM listens WHERE listener = ?3 AND track = scores.track)
         AND (scores.relevance < ?4 OR (scores.relevance = ?4 AND scores.track > ?5))
       ORDER BY scores.relevance DESC, scores.track LIMIT ?6`,
    )
    .bind(model.id, model.version, listener, relevance, track, limit)
    .all();
  return z
    .array(ScoreRow)
    .parse(results)
    .map((row, i) => ({
      rank: rank + i + 1,
      track: row.track,
      relevance: row.relevance,
      logit: row.logit,
    }));
}
