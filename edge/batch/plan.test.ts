import { env } from "cloudflare:workers";
import { BatchId, BatchRequest } from "@lemons/shared/contract/batch";
import {
  ExplanationQuestion,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import { ListenerId } from "@lemons/shared/contract/identifier";
import { DEFAULT_SEPARATOR } from "@lemons/shared/contract/separator";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { explanationKey, tableRecordKey } from "../base/object-keys.ts";
import { seed } from "../test/catalogue.ts";
import { resetStorage } from "../test/storage.ts";
import { buildTask } from "../work/explanations/resolve-task.ts";
import { createBatch } from "./change-batch.ts";
import type { TurnOutcome } from "./item.ts";
import { planExplanations } from "./plan-explanations.ts";
import { pairsAfter } from "./planned-pairs.ts";

const SILENT: Env = {
  ...env,
  BATCH_QUEUE: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue,
};
const CREATED = new Date("2026-11-24T03:00:00Z");

let batches = 0;

async function newBatch(request: BatchRequest): Promise<BatchId> {
  const id = BatchId.parse(`plan-${batches++}`);
  await createBatch(SILENT, { id: id, origin: "request", request });
  return id;
}

const MAX_TURNS = 1000;

/** Runs a planner through all its turns. @throws Error if 1000 turns don't end it */
async function planAll(
  plan: (cursor: string | null) => Promise<TurnOutcome>,
  twice: () => boolean = () => false,
): Promise<void> {
  let cursor: string | null = null;
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    if (twice()) await plan(cursor);
    const outcome: TurnOutcome = await plan(cursor);
    if (outcome.state === "done") return;
    if (outcome.state !== "again") throw new Error(JSON.stringify(outcome));
    cursor = outcome.cursor ?? cursor;
  }
  throw new Error(`The planner isn't done after ${MAX_TURNS} turns.`);
}

interface Row {
  id: string;
  kind: string;
  state: string;
}

async function planned(batch: string): Promise<Row[]> {
  const { results } = await env.DB.prepare(
    "SELECT id, kind, state FROM batch_items WHERE batch = ? AND kind IN ('table', 'explanation')",
  )
    .bind(batch)
    .all<Row>();
  return results;
}

beforeAll(async () => {
  await resetStorage();
});

describe("a plan", () => {
  beforeEach(() => seed());

  it("plans exactly what is stale, in chunks of any size and repeatedly", async () => {
    const everything = BatchRequest.parse({ tracks: ["alpha", "bravo", "charlie", "stemmed"] });
    const { pairs } = await pairsAfter(env.DB, everything, null);
    const asked = await Promise.all(
      pairs.flatMap(({ model, track }) =>
        everything.types.map((type) =>
          buildTask(model, track, ExplanationQuestion.parse({ type }), {
            defaultSeparator: DEFAULT_SEPARATOR,
          }),
        ),
      ),
    );
    expect(asked).toHaveLength(2 * 4 * 3);
    const types = fc.subarray<ExplanationType>([...everything.types], { minLength: 1 });
    const some = fc.subarray(asked.map((_, i) => i));
    const property = fc.asyncProperty(
      types,
      fc.subarray([ListenerId.parse("zoe"), ListenerId.parse("abel")], { minLength: 1 }),
      some,
      some,
      fc.boolean(),
      async (wantedTypes, listeners, explained, tabled, twice) => {
        await env.DB.exec("DELETE FROM batches");
        const { objects } = await env.BUCKET.list();
        await env.BUCKET.delete(objects.map(({ key }) => key));
        for (const i of explained) await env.BUCKET.put(explanationKey(asked[i]!.id), "{}");
        for (const i of tabled) await env.BUCKET.put(tableRecordKey(asked[i]!.table!.id), "{}");
        const request: BatchRequest = { ...everything, types: wantedTypes, listeners };
        const batch = await newBatch(request);
        await planAll(
          (cursor) => planExplanations(SILENT, { batch: batch, cursor }, request, CREATED),
          () => twice,
        );
        const wanted = asked
          .map((question, i) => ({ question, isExplained: explained.includes(i) }))
          .filter(
            ({ question }) =>
              listeners.includes(question.listener) && wantedTypes.includes(question.question.type),
          );
        const isThere = new Set(tabled.map((i) => asked[i]!.table!.id));
        const tables = new Set(
          wanted.filter((each) => !each.isExplained).map(({ question }) => question.table!.id),
        );
        const rows = [
          ...wanted.map(({ question, isExplained }) =>
            [question.id, "explanation", isExplained ? "skipped" : "planned"].join(" "),
          ),
          ...[...tables].map((id) => `${id} table ${isThere.has(id) ? "skipped" : "planned"}`),
        ];
        const found = (await planned(batch)).map(({ id, kind, state }) => `${id} ${kind} ${state}`);
        expect(found.sort()).toEqual(rows.sort());
      },
    );
    await fc.assert(property, { numRuns: 15, seed: 6 });
  }, 60_000);
});
