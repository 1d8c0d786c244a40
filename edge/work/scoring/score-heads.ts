import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { type LinearHead, logitOfHead } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import { rows, statement } from "../../base/rows.ts";
import type { StoredEncoder } from "../../catalogue/encoders.ts";
import {
  type BlockFeatures,
  blocksOf,
  readFeatures,
} from "../../catalogue/features/feature-store.ts";
import type { ActiveModel } from "../../catalogue/models.ts";
import { type BestScores, createBestScores, type TrackLogit } from "./best-scores.ts";

/** Scores kept of each listener: the best among tracks that the listener has not heard. */
export const SCORES_KEPT = 200;
/** Heads scored in one pass over the features: they share the reading, and each needs memory. */
export const HEADS_PER_PASS = 64;

/**
 * Scores the catalogue under heads of one encoder from stored features, and keeps each listener's best:
 * one matrix-vector product for each head and block. Doesn't call the gpu-worker.
 *
 * @param models at most {@link HEADS_PER_PASS}; those without a head are skipped
 */
export async function scoreHeads(
  env: Env,
  encoder: StoredEncoder,
  models: readonly ActiveModel[],
): Promise<void> {
  const heads = models.flatMap((active) =>
    active.head?.weights.length === encoder.features
      ? [{ ...active, head: active.head, best: createBestScores(SCORES_KEPT) }]
      : [],
  );
  if (heads.length === 0) return;
  const heard = await heardBy(
    env.DB,
    heads.map(({ model }) => model.listener),
  );
  for (const number of await blocksOf(env.DB, encoder.version)) {
    const features = await readFeatures(env, encoder, number);
    if (features === null) continue;
    for (const { model, head, best } of heads) {
      addScores(best, head, features, heard.get(model.listener));
    }
  }
  for (const { model, best } of heads) {
    await storeBest(env.DB, { ...model, revision: encoder.revision }, best.sorted());
  }
}

function addScores(
  best: BestScores,
  head: LinearHead,
  { block, tracks }: BlockFeatures,
  heard: ReadonlySet<TrackId> | undefined,
): void {
  const features = head.weights.length;
  for (const { track, row } of tracks) {
    const logit = logitOfHead(head, block.matrix, row * features);
    if (best.mayBelong(logit) && !heard?.has(track)) best.add({ track, logit });
  }
}

async function heardBy(
  db: D1Database,
  listeners: readonly ListenerId[],
): Promise<Map<ListenerId, Set<TrackId>>> {
  const listens = await rows(
    db,
    z.object({ listener: ListenerId, track: TrackId }),
    "SELECT listener, track FROM listens WHERE listener IN (SELECT value FROM json_each(?))",
    JSON.stringify(listeners),
  );
  const heard = new Map<ListenerId, Set<TrackId>>();
  for (const { listener, track } of listens) {
    heard.set(listener, (heard.get(listener) ?? new Set()).add(track));
  }
  return heard;
}

/** Replaces a listener's stored scores by the best ones, in one transaction. */
async function storeBest(
  db: D1Database,
  model: { id: string; version: string; revision: number },
  best: readonly TrackLogit[],
): Promise<void> {
  const scores = best.map(({ track, logit }) => [track, logit, sigmoid(logit)]);
  await db.batch([
    statement(
      db,
      "DELETE FROM scores WHERE model_id = ? AND model_version = ?",
      ...[model.id, model.version],
    ),
    statement(
      db,
      `INSERT INTO scores (model_id, model_version, track, sound_sha256, logit, relevance)
         SELECT ?1, ?2, tracks.id, tracks.sound_sha256,
           json_extract(score.value, '$[1]'), json_extract(score.value, '$[2]')
         FROM json_each(?3) AS score JOIN tracks ON tracks.id = json_extract(score.value, '$[0]')
         -- A row that compaction moved meanwhile was read twice.
         WHERE true ON CONFLICT (model_id, model_version, track) DO NOTHING`,
      ...[model.id, model.version, JSON.stringify(scores)],
    ),
    statement(
      db,
      "UPDATE models SET scored_revision = ?, scored_at = ? WHERE id = ? AND version = ?",
      ...[model.revision, new Date().toISOString(), model.id, model.version],
    ),
  ]);
}
