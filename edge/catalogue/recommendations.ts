import { Probability } from "@lemons/shared/contract/explanation";
import { type ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { Model } from "@lemons/shared/contract/model";
import type { Recommendation } from "@lemons/shared/contract/recommendation";
import { z } from "zod";
import { rows } from "../base/rows.ts";
import { TRACK_COLUMNS, TrackRow } from "./tracks.ts";

/** The place of the last recommendation on a page. */
export const RankedPlace = z.tuple([Probability, TrackId, z.int().positive()]);
export type RankedPlace = z.infer<typeof RankedPlace>;

const ScoreRow = z
  .intersection(z.object({ relevance: Probability, logit: z.number() }), TrackRow)
  .transform(({ relevance, logit, ...track }) => ({ relevance, logit, track }));

/**
 * Lists tracks that the listener has not heard, by falling relevance, ties by id.
 *
 * @param after place at which the previous page ended
 */
export async function recommend(
  db: D1Database,
  listener: ListenerId,
  model: Model,
  { limit, after }: { limit: number; after?: RankedPlace | undefined },
): Promise<Recommendation[]> {
  const [relevance, track, rank] = after ?? [2, "", 0];
  const found = await rows(
    db,
    ScoreRow,
    `SELECT scores.relevance, scores.logit, ${TRACK_COLUMNS}
     FROM scores JOIN tracks ON tracks.id = scores.track AND tracks.sound_sha256 = scores.sound_sha256
     WHERE scores.model_id = ?1 AND scores.model_version = ?2 AND tracks.owner IS NULL
       AND NOT EXISTS (SELECT 1 FROM listens WHERE listener = ?3 AND track = scores.track)
       AND (scores.relevance < ?4 OR (scores.relevance = ?4 AND scores.track > ?5))
     ORDER BY scores.relevance DESC, scores.track LIMIT ?6`,
    ...[model.id, model.version, listener, relevance, track, limit],
  );
  return found.map((row, i) => ({
    rank: rank + i + 1,
    track: row.track,
    relevance: row.relevance,
    logit: row.logit,
  }));
}
