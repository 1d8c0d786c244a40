import type { BatchRequest } from "@lemons/shared/contract/batch";
import { Sha256 } from "@lemons/shared/contract/identifier";
import { column, run } from "../base/rows.ts";
import { hasScoringWork, scoringOf } from "../work/scoring/ensure-scoring.ts";
import type { BatchItem, TurnOutcome } from "./item.ts";

const ENCODERS_PER_CHUNK = 20;
const NEXT_TURN_SECONDS = 10;

/**
 * Plans one item for each of the next few encoders in use. An item scores the whole catalogue with its
 * encoder.
 *
 * @returns another turn while there may be more encoders
 */
export async function planScores(
  env: Env,
  { batch, cursor }: Pick<BatchItem, "batch" | "cursor">,
  { listeners }: BatchRequest,
): Promise<TurnOutcome> {
  const encoders = await column(
    env.DB,
    Sha256,
    `SELECT DISTINCT encoder_version FROM models
     WHERE active = 1 AND encoder_version > ?1
       AND (?2 IS NULL OR listener IN (SELECT value FROM json_each(?2)))
     ORDER BY encoder_version LIMIT ?3`,
    ...[cursor ?? "", listeners ? JSON.stringify(listeners) : null, ENCODERS_PER_CHUNK],
  );
  const now = new Date();
  const isDue = await Promise.all(encoders.map((encoder) => hasScoringWork(env.DB, encoder, now)));
  const items = encoders.map((encoder, i) => ({
    id: scoresItem(encoder),
    state: isDue[i] ? "planned" : "skipped",
  }));
  await run(
    env.DB,
    `INSERT INTO batch_items (batch, id, kind, state, ready, changed_at)
     SELECT ?1, value ->> 'id', 'scores', value ->> 'state', 1, ?2
     FROM json_each(?3) WHERE true ON CONFLICT (batch, id) DO NOTHING`,
    ...[batch, now.toISOString(), JSON.stringify(items)],
  );
  const last = encoders.at(-1);
  if (last === undefined || encoders.length < ENCODERS_PER_CHUNK) return { state: "done" };
  return { state: "again", cursor: last };
}

/**
 * Scores the catalogue under the active models of an encoder. A track that can't be scored is recorded
 * as failed and holds nothing up.
 */
export async function runScores(env: Env, item: BatchItem): Promise<TurnOutcome> {
  const encoder = encoderOfItem(item.id);
  if (!(await hasScoringWork(env.DB, encoder, new Date()))) return { state: "done" };
  const scoring = scoringOf(env, encoder);
  const pause = await scoring.pause();
  if (pause !== null && pause.since >= item.startedAt) {
    return { state: "failed", reason: pause.reason };
  }
  await scoring.ensure(encoder);
  return { state: "again", delaySeconds: NEXT_TURN_SECONDS };
}

const PREFIX = "scores-";
const scoresItem = (encoder: Sha256) => `${PREFIX}${encoder}`;
const encoderOfItem = (id: string): Sha256 => Sha256.parse(id.slice(PREFIX.length));
