import type { ListenerId, Sha256, TrackId } from "@lemons/shared/contract/identifier";
import type { TrackScore, TrackScorePage } from "@lemons/shared/contract/recommendation";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { logitOfHead } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import type { Viewer } from "../../access/caller.ts";
import { writeCursor } from "../../base/http/cursor.ts";
import { type Encoder, findEncoder } from "../../catalogue/encoders.ts";
import { findTrackFeatures } from "../../catalogue/features/feature-store.ts";
import { sight, visible } from "../../catalogue/listeners.ts";
import { type ActiveModel, ActiveModelRow, MODEL_COLUMNS } from "../../catalogue/models.ts";
import { findScore, scoreFailure } from "../../catalogue/scores.ts";
import { ensureScoring } from "./ensure-scoring.ts";

/** A model, and where its listener stands in the order of listeners. */
const PlacedModel = z.intersection(z.object({ place: z.int() }), ActiveModelRow);

/**
 * A page of a track's scores under the active models of the listeners that a viewer sees. Each encoder's
 * features of the track are read once. Where something is missing, sees to it that it is being computed,
 * unless that is to wait.
 *
 * @param track one that the viewer sees
 * @param options.start whether what is missing is computed from now on
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
  const { results } = await env.DB.prepare(
    `SELECT seen.place, ${MODEL_COLUMNS} FROM (
       SELECT rowid AS place, id AS seen FROM listeners
       WHERE rowid > ?1 AND ${visible("?2", "?3")}) AS seen
     JOIN models ON models.listener = seen.seen AND models.active = 1
     ORDER BY seen.place LIMIT ?4`,
  )
    .bind(after, ...sight(viewer), limit + 1)
    .all();
  const found = z.array(PlacedModel).parse(results);
  const models = found.slice(0, limit);
  const last = models.at(-1);
  const heard = new Map<Sha256, Heard>();
  const scores: TrackScore[] = [];
  const missing: ListenerId[] = [];
  const unheard = new Set<Sha256>();
  for (const active of models) {
    const { model } = active;
    if (!heard.has(model.encoderVersion)) {
      heard.set(model.encoderVersion, await hearingOf(env, model.encoderVersion, track));
    }
    const score = await scoreOf(env.DB, active, heard.get(model.encoderVersion)!, track);
    if (score !== null) {
      scores.push({ listener: model.listener, model, ...score });
    } else {
      missing.push(model.listener);
      unheard.add(model.encoderVersion);
    }
  }
  return {
    track,
    scores,
    missing,
    reason: start ? await reasonFor(env, track, unheard) : null,
    nextCursor: found.length > limit && last ? writeCursor(last.place) : null,
  };
}

/** What an encoder makes of the track; nulls where there is no such encoder, or nothing yet. */
interface Heard {
  encoder: Encoder | null;
  features: Float32Array | null;
}

async function hearingOf(env: Env, version: Sha256, track: TrackId): Promise<Heard> {
  const encoder = await findEncoder(env.DB, version);
  return { encoder, features: encoder && (await findTrackFeatures(env, encoder, track)) };
}

async function scoreOf(
  db: D1Database,
  { model, head }: ActiveModel,
  { encoder, features }: Heard,
  track: TrackId,
): Promise<{ relevance: number; logit: number } | null> {
  if (head === null || encoder === null) return findScore(db, model, track);
  if (features === null) return null;
  const logit = logitOfHead(head, features);
  return { logit, relevance: sigmoid(logit) };
}

/** Has what is missing computed. @returns why it stands still, if it does */
async function reasonFor(
  env: Env,
  track: TrackId,
  encoders: ReadonlySet<Sha256>,
): Promise<string | null> {
  let reason: string | null = null;
  for (const encoder of encoders) {
    const standstill = await ensureScoring(env, encoder);
    reason ??= (await scoreFailure(env.DB, encoder, track)) ?? standstill;
  }
  return reason;
}
