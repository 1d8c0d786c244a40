import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { ANONYMOUS, type Viewer } from "../../access/caller.ts";
import { writeCursor } from "../../base/http/cursor.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findEncoder, type StoredEncoder } from "../../catalogue/encoders.ts";
import { findListener } from "../../catalogue/listeners.ts";
import { type ActiveModel, activeModel } from "../../catalogue/models.ts";
import { type RankedPlace, recommend } from "../../catalogue/recommendations.ts";
import { scoringProgress } from "../../catalogue/scores.ts";
import { ensureScoring } from "./ensure-scoring.ts";
import { scoreHeads } from "./score-heads.ts";

/** Minimum time between two renewals of a listener's scores while features keep coming. */
const RENEW_AFTER_MS = 2000;

/**
 * Returns a page of a listener's recommendations. Starts computing missing scores, and returns those that
 * exist.
 *
 * @throws ProblemError unknown-listener, no-model
 */
export async function recommendationPage(
  env: Env,
  listenerId: ListenerId,
  {
    limit,
    after,
    viewer = ANONYMOUS,
  }: { limit: number; after?: RankedPlace | undefined; viewer?: Viewer },
): Promise<RecommendationPage> {
  const [listener, active] = await Promise.all([
    findListener(env.DB, listenerId, viewer),
    activeModel(env.DB, listenerId),
  ]);
  if (listener === null) throw new ProblemError({ kind: "unknown-listener", id: listenerId });
  if (active === null) throw new ProblemError({ kind: "no-model", listener: listenerId });
  const { model } = active;

  const encoder = active.head && (await findEncoder(env.DB, model.encoderVersion));
  const progress = await scoringProgress(env.DB, active, encoder, new Date());
  const isUnfinished = progress.scored + progress.failed < progress.total;
  const reason = isUnfinished ? await ensureScoring(env, model.encoderVersion) : null;
  if (encoder) await refreshScores(env, active, encoder, !isUnfinished);
  const found = await recommend(env.DB, listenerId, model, { limit: limit + 1, after });

  const recommendations = found.slice(0, limit);
  const last = recommendations.at(-1);
  const nextCursor =
    found.length > limit && last ? writeCursor([last.relevance, last.track.id, last.rank]) : null;
  return {
    listener: listenerId,
    model,
    recommendations,
    scoring: { ...progress, reason },
    nextCursor,
  };
}

/**
 * Computes a listener's scores again if they are not of the present features and head. While features of
 * tracks are still being computed, not at every call.
 *
 * @param isComplete true if every track has its features
 */
async function refreshScores(
  env: Env,
  active: ActiveModel,
  encoder: StoredEncoder,
  isComplete: boolean,
): Promise<void> {
  if (active.scoredRevision === encoder.revision) return;
  const age = Date.now() - (active.scoredAt?.getTime() ?? 0);
  if (active.scoredRevision !== null && !isComplete && age < RENEW_AFTER_MS) return;
  await scoreHeads(env, encoder, [active]);
}
