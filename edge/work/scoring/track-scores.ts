import type { ListenerId, Sha256, TrackId } from "@lemons/shared/contract/identifier";
import type { TrackScore, TrackScorePage } from "@lemons/shared/contract/recommendation";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { logitOfHead } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import type { Viewer } from "../../access/caller.ts";
import { writeCursor } from "../../base/http/cursor.ts";
import { rows } from "../../base/rows.ts";
import { findEncoder } from "../../catalogue/encoders.ts";
import { findTrackFeatures } from "../../catalogue/features/feature-store.ts";
import { visibilityOf, visibleListeners } from "../../catalogue/listeners.ts";
import { type ActiveModel, ActiveModelRow, MODEL_COLUMNS } from "../../catalogue/models.ts";
import { findScore, scoreFailure } from "../../catalogue/scores.ts";
import { ensureScoring } from "./ensure-scoring.ts";

/** A model, and its listener's place in the order of listeners. */
const PlacedModel = z.intersection(z.object({ place: z.int() }), ActiveModelRow);

/**
 * Returns a page of a track's scores under the active models of the listeners that a viewer sees. Reads
 * the track's features once for each encoder. Starts computing what is missing.
 *
 * @param track one that the viewer sees
 * @param options.start false to compute nothing
 */
export async function trackScorePage(
  env: Env,
  track: TrackId,
  {
    limit,
    after = 0,
    viewer,
    start = true,
  }: { limit: number; after?: number | undefined; viewer: Viewer; start?: boolean },
): Promise<TrackScorePage> {
  const found = await rows(
    env.DB,
    PlacedModel,
    `SELECT visible.place, ${MODEL_COLUMNS} FROM (
       SELECT rowid AS place, id AS visible_listener FROM listeners
       WHERE rowid > ?1 AND ${visibleListeners("?2", "?3")}) AS visible
     JOIN models ON models.listener = visible.visible_listener AND models.active = 1
     ORDER BY visible.place LIMIT ?4`,
    ...[after, ...visibilityOf(viewer), limit + 1],
  );
  const models = found.slice(0, limit);
  const last = models.at(-1);
  const featuresByEncoder = new Map<Sha256, TrackUnderEncoder>();
  const scores: TrackScore[] = [];
  const missing: ListenerId[] = [];
  const unfinished = new Set<Sha256>();
  for (const active of models) {
    const { model } = active;
    let features = featuresByEncoder.get(model.encoderVersion);
    if (features === undefined) {
      features = await trackUnderEncoder(env, model.encoderVersion, track);
      featuresByEncoder.set(model.encoderVersion, features);
    }
    const score = await scoreFrom(env.DB, active, features, track);
    if (score !== null) {
      scores.push({ listener: model.listener, model, ...score });
    } else {
      missing.push(model.listener);
      unfinished.add(model.encoderVersion);
    }
  }
  return {
    track,
    scores,
    missing,
    reason: start ? await startMissing(env, track, unfinished) : null,
    nextCursor: found.length > limit && last ? writeCursor(last.place) : null,
  };
}

/**
 * Returns a model's score of one track, heard or not: computed from the track's features, or stored if
 * the model has no head.
 *
 * @returns null if there is none yet
 */
export async function scoreOfTrack(
  env: Env,
  active: ActiveModel,
  track: TrackId,
): Promise<{ relevance: number; logit: number } | null> {
  const { encoderVersion } = active.model;
  const features = active.head && (await trackUnderEncoder(env, encoderVersion, track));
  return scoreFrom(env.DB, active, features ?? NOT_ENCODED, track);
}

/** A track's features under an encoder; null if there are none yet. */
interface TrackUnderEncoder {
  /** False if there is no such encoder: its models run as a whole. */
  isEncoder: boolean;
  features: Float32Array | null;
}

const NOT_ENCODED: TrackUnderEncoder = { isEncoder: false, features: null };

async function trackUnderEncoder(
  env: Env,
  version: Sha256,
  track: TrackId,
): Promise<TrackUnderEncoder> {
  const encoder = await findEncoder(env.DB, version);
  if (encoder === null) return NOT_ENCODED;
  return { isEncoder: true, features: await findTrackFeatures(env, encoder, track) };
}

async function scoreFrom(
  db: D1Database,
  { model, head }: ActiveModel,
  { isEncoder, features }: TrackUnderEncoder,
  track: TrackId,
): Promise<{ relevance: number; logit: number } | null> {
  if (head === null || !isEncoder) return findScore(db, model, track);
  if (features === null) return null;
  const logit = logitOfHead(head, features);
  return { logit, relevance: sigmoid(logit) };
}

/** Starts computing missing scores. @returns why that is paused, or null */
async function startMissing(
  env: Env,
  track: TrackId,
  encoders: ReadonlySet<Sha256>,
): Promise<string | null> {
  let reason: string | null = null;
  for (const encoder of encoders) {
    const pause = await ensureScoring(env, encoder);
    reason ??= (await scoreFailure(env.DB, encoder, track)) ?? pause;
  }
  return reason;
}
