import type { BatchRequest } from "@lemons/shared/contract/batch";
import { Sha256 } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { hasScoringWork } from "../work/scoring/scoring-work.ts";
import type { BatchItem, Outcome } from "./item.ts";

const ENCODERS_PER_CHUNK = 20;

/**
 * Plans the scores of the next few encoders in use: one item each, which scores the whole catalogue.
 *
 * @returns another turn while there may be more
 */
export async function planScores(
  env: Env,
  { batch, cursor }: Pick<BatchItem, "batch" | "cursor">,
  { listeners }: BatchRequest,
): Promise<Outcome> {
  const { results } = await env.DB.prepare(
    `SELECT DISTINCT encoder_version AS encoder FROM models
     WHERE active = 1 AND encoder_version > ?1
       AND (?2 IS NULL OR listener IN (SELECT value FROM json_each(?2)))
     ORDER BY encoder_version LIMIT ?3`,
  )
    .bind(cursor ?? "", listeners ? JSON.stringify(listeners) : null, ENCODERS_PER_CHUNK)
    .all();
  const encoders = z
    .array(z.object({ encoder: Sha256 }))
    .parse(results)
    .map(({ encoder }) => encoder);
  const now = new Date();
  const isDue = await Promise.all(encoders.map((encoder) => hasScoringWork(env.DB, encoder, now)));
  const rows = encoders.map((encoder, i) => ({
    id: scoresItem(encoder),
    state: isDue[i] ? "planned" : "skipped",
  }));
  await env.DB.prepare(
    `INSERT INTO batch_items (batch, id, kind, state, ready, changed_at)
     SELECT ?1, value ->> 'id', 'scores', value ->> 'state', 1, ?2
     FROM json_each(?3) WHERE true ON CONFLICT (batch, id) DO NOTHING`,
  )
    .bind(batch, now.toISOString(), JSON.stringify(rows))
    .run();
  const last = encoders.at(-1);
  if (last === undefined || encoders.length < ENCODERS_PER_CHUNK) return { state: "done" };
  return { state: "again", cursor: last };
}

const PREFIX = "scores-";
const scoresItem = (encoder: Sha256) => `${PREFIX}${encoder}`;

/** The encoder whose scores an item is. */
export const encoderOfItem = (id: string): Sha256 => Sha256.parse(id.slice(PREFIX.length));
