import { scoringOf } from "../work/scoring/ensure-scoring.ts";
import { hasScoringWork } from "../work/scoring/scoring-work.ts";
import type { BatchItem, Outcome } from "./item.ts";
import { encoderOfItem } from "./plan-scores.ts";

const COME_AGAIN_SECONDS = 10;

/**
 * Has the catalogue scored under the active models of an encoder. A track that cannot be scored is
 * recorded as such and holds nothing up.
 */
export async function runScores(env: Env, item: BatchItem): Promise<Outcome> {
  const encoder = encoderOfItem(item.id);
  if (!(await hasScoringWork(env.DB, encoder, new Date()))) return { state: "done" };
  const scoring = scoringOf(env, encoder);
  const rest = await scoring.rest();
  if (rest !== null && rest.since >= item.startedAt)
    return { state: "failed", reason: rest.reason };
  await scoring.ensure(encoder);
  return { state: "again", delaySeconds: COME_AGAIN_SECONDS };
}
