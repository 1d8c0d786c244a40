import type { BatchRequest } from "@lemons/shared/contract/batch";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { DEFAULT_RECOMMENDATIONS } from "@lemons/shared/contract/recommendation";
import { z } from "zod";
import { rows } from "../base/rows.ts";
import { type ActiveModel, ActiveModelRow, MODEL_COLUMNS } from "../catalogue/models.ts";
import { recommend } from "../catalogue/recommendations.ts";
import { FILE_COLUMNS, TrackFilesRow } from "../catalogue/tracks.ts";
import type { HeardTrack } from "../work/explanations/resolve-task.ts";

/** Few enough that a chunk stays well below the calls to D1 and R2 that one Worker invocation may make. */
const LISTENERS_PER_CHUNK = 4;
const PAIRS_PER_CHUNK = LISTENERS_PER_CHUNK * DEFAULT_RECOMMENDATIONS;

/** A listener's model, and a track to explain. */
export interface Pair {
  model: ActiveModel;
  track: HeardTrack;
}

/** A chunk of pairs, and the place where the next one begins; null after the last. */
export interface PairChunk {
  pairs: Pair[];
  next: string | null;
}

/** Returns the next pairs of a batch: the request's tracks, or each listener's first recommendations. */
export async function pairsAfter(
  db: D1Database,
  request: BatchRequest,
  cursor: string | null,
): Promise<PairChunk> {
  return request.tracks === undefined
    ? recommendedPairs(db, request, cursor)
    : namedPairs(db, request, request.tracks, cursor);
}

async function recommendedPairs(
  db: D1Database,
  { listeners }: BatchRequest,
  cursor: string | null,
): Promise<PairChunk> {
  const models = await rows(
    db,
    ActiveModelRow,
    `SELECT ${MODEL_COLUMNS} FROM models WHERE active = 1 AND listener > ?1
       AND listener IN (SELECT id FROM listeners WHERE owner IS NULL)
       AND (?2 IS NULL OR listener IN (SELECT value FROM json_each(?2)))
     ORDER BY listener LIMIT ?3`,
    ...[cursor ?? "", listeners ? JSON.stringify(listeners) : null, LISTENERS_PER_CHUNK],
  );
  const recommended = await Promise.all(
    models.map(async (active) => {
      const first = await recommend(db, active.model.listener, active.model, {
        limit: DEFAULT_RECOMMENDATIONS,
      });
      return first.map(({ track }) => ({ model: active, id: track.id }));
    }),
  );
  const pairs = await withTracks(db, recommended.flat());
  const last = models.at(-1);
  const isLast = last === undefined || models.length < LISTENERS_PER_CHUNK;
  return { pairs, next: isLast ? null : last.model.listener };
}

const NamedPair = z.object({ listener: ListenerId, track: TrackId });
const NamedPlace = z.tuple([ListenerId, TrackId]);

async function namedPairs(
  db: D1Database,
  { listeners }: BatchRequest,
  tracks: readonly TrackId[],
  cursor: string | null,
): Promise<PairChunk> {
  const [listener, track] =
    cursor === null ? ["", ""] : NamedPlace.parse(JSON.parse(cursor) as unknown);
  const named = await rows(
    db,
    NamedPair,
    `SELECT models.listener, tracks.id AS track FROM models, tracks
     WHERE models.active = 1 AND tracks.id IN (SELECT value FROM json_each(?1))
       AND tracks.owner IS NULL
       AND models.listener IN (SELECT id FROM listeners WHERE owner IS NULL)
       AND (?2 IS NULL OR models.listener IN (SELECT value FROM json_each(?2)))
       AND models.listener >= ?3 AND (models.listener, tracks.id) > (?3, ?4)
     ORDER BY models.listener, tracks.id LIMIT ?5`,
    ...[JSON.stringify(tracks), listeners ? JSON.stringify(listeners) : null],
    ...[listener, track, PAIRS_PER_CHUNK],
  );
  const active = await rows(
    db,
    ActiveModelRow,
    `SELECT ${MODEL_COLUMNS} FROM models WHERE active = 1
       AND listener IN (SELECT value FROM json_each(?))`,
    JSON.stringify([...new Set(named.map((pair) => pair.listener))]),
  );
  const models = new Map(active.map((each) => [each.model.listener, each]));
  const pairs = await withTracks(
    db,
    named.flatMap((pair) => {
      const model = models.get(pair.listener);
      return model === undefined ? [] : [{ model, id: pair.track }];
    }),
  );
  const last = named.at(-1);
  const isLast = last === undefined || named.length < PAIRS_PER_CHUNK;
  return { pairs, next: isLast ? null : JSON.stringify([last.listener, last.track]) };
}

const HeardTrackRow = z.intersection(TrackFilesRow, z.object({ seconds: z.number() }));

/** Adds the tracks. Leaves out one that was removed meanwhile. */
async function withTracks(
  db: D1Database,
  wanted: readonly { model: ActiveModel; id: TrackId }[],
): Promise<Pair[]> {
  const found = await rows(
    db,
    HeardTrackRow,
    `SELECT ${FILE_COLUMNS}, tracks.seconds FROM tracks
     WHERE tracks.id IN (SELECT value FROM json_each(?))`,
    JSON.stringify([...new Set(wanted.map(({ id }) => id))]),
  );
  const tracks = new Map(found.map((each) => [each.track, each]));
  return wanted.flatMap(({ model, id }) => {
    const track = tracks.get(id);
    return track === undefined ? [] : [{ model, track }];
  });
}
