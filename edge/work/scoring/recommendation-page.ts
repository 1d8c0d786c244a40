import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { ANONYMOUS, type Viewer } from "../../access/caller.ts";
import { writeCursor } from "../../base/http/cursor.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findEncoder } from "../../catalogue/encoders.ts";
import { findListener } from "../../catalogue/listeners.ts";
import { activeModel } from "../../catalogue/models.ts";
import { type RankedPlace, recommend } from "../../catalogue/recommendations.ts";
import { scoringProgress } from "../../catalogue/scores.ts";
import { ensureScoring } from "./ensure-scoring.ts";
import { refreshScores } from "./fresh-scores.ts";

/**
 * A page of a listener's recommendations. Where scores are missing, sees to it that they are being
 * computed, and answers with those that are there.
 *
 * @throws ProblemError unknown-listener, no-model
 */
export async function recommendationPage(
  env: Env,
  listener: ListenerId,
  {
    limit,
    after,
    viewer = ANONYMOUS,
  }: { limit: number; after?: RankedPlace | undefined; viewer?: Viewer },
): Promise<RecommendationPage> {
  const [known, active] = await Promise.all([
    findListener(env.DB, listener, viewer),
    activeModel(env.DB, listener),
  ]);
  if (known === null) throw new ProblemError({ kind: "unknown-listener", id: listener });
  if (active === null) throw new ProblemError({ kind: "no-model", listener });
  const { model } = active;

  const [progress, encoder] = await Promise.all([
    scoringProgress(env.DB, active, new Date()),
    active.head && findEncoder(env.DB, model.encoderVersion),
  ]);
  const isUnfinished = progress.scored + progress.failed < progress.total;
  const reason = isUnfinished ? await ensureScoring(env, model.encoderVersion) : null;
  if (encoder) await refreshScores(env, active, encoder, !isUnfinished);
  const found = await recommend(env.DB, listener, model, { limit: limit + 1, after });

  const recommendations = found.slice(0, limit);
  const last = recommendations.at(-1);
  const nextCursor =
    found.length > limit && last ? writeCursor([last.relevance, last.track.id, last.rank]) : null;
  return { listener, model, recommendations, scoring: { ...progress, reason }, nextCursor };
}
