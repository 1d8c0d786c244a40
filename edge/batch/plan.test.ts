import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { BatchRequest } from "@lemons/shared/contract/batch";
import {
  ExplanationQuestion,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { explanationKey, tableRecordKey } from "../catalogue/object-keys.ts";
import { settleQuestion } from "../explanations/identity.ts";
import { migrate } from "../test/apply-migrations.ts";
import { seed, splitModel } from "../test/catalogue.ts";
import { HEAD } from "../test/table.ts";
import { createBatch } from "./create-batch.ts";
import type { Outcome } from "./item.ts";
import { planExplanations } from "./plan-explanations.ts";
import { planScores } from "./plan-scores.ts";
import { pairsAfter } from "./stale-pairs.ts";

const SILENT: Env = {
  ...env,
  BATCH_QUEUE: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue,
};
const CREATED = new Date("2026-11-24T03:00:00Z");

let batches = 0;

async function newBatch(request: BatchRequest): Promise<string> {
  const id = `plan-${batches++}`;
  await createBatch(SILENT, { id, origin: "request", request });
  return id;
}

/** Takes a planner through all its turns. @returns how many there were */
async function planAll(
  plan: (cursor: string | null) => Promise<Outcome>,
  twice: () => boolean = () => false,
): Promise<number> {
  let cursor: string | null = null;
  for (let turns = 1; ; turns++) {
    if (twice()) await plan(cursor);
    const outcome: Outcome = await plan(cursor);
    if (outcome.state === "done") return turns;
    if (outcome.state !== "again") throw new Error(JSON.stringify(outcome));
    cursor = outcome.cursor ?? cursor;
  }
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

/** Counts what is asked of D1. */
function counted(db: D1Database) {
  const counts = { statements: 0, rowsRead: 0, mostRows: 0 };
  const note = <Result extends D1Result>(result: Result): Result => {
    counts.rowsRead += result.meta.rows_read;
    counts.mostRows = Math.max(counts.mostRows, result.results.length);
    return result;
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => wrap(target.bind(...values));
        if (name === "all" || name === "run") {
          return async () => {
            counts.statements++;
            return note(await target.all());
          };
        }
        return Reflect.get(target, name);
      },
    });
  const proxy = new Proxy(db, {
    get: (target, name) =>
      name === "prepare" ? (sql: string) => wrap(target.prepare(sql)) : Reflect.get(target, name),
  });
  return { counts, db: proxy };
}

beforeAll(async () => {
  await reset();
  await migrate();
});
afterAll(() => reset());

describe("a plan", () => {
  beforeEach(() => seed());

  it("holds exactly what is stale, in whatever chunks and however often", async () => {
    const everything = BatchRequest.parse({ tracks: ["alpha", "bravo", "charlie", "stemmed"] });
    const { pairs } = await pairsAfter(env.DB, everything, null);
    const asked = await Promise.all(
      pairs.flatMap(({ model, track }) =>
        everything.types.map((type) =>
          settleQuestion(model, track, ExplanationQuestion.parse({ type })),
        ),
      ),
    );
    expect(asked).toHaveLength(2 * 4 * 3);
    const types = fc.subarray<ExplanationType>([...everything.types], { minLength: 1 });
    const some = fc.subarray(asked.map((_, i) => i));
    const property = fc.asyncProperty(
      types,
      fc.subarray(["zoe", "abel"], { minLength: 1 }),
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
          (cursor) => planExplanations(SILENT, { batch, cursor }, request, CREATED),
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

describe("a plan over 100,000 tracks", () => {
  const TRACKS = 100_000;
  const LISTENERS = 20;
  const FIRST = 10;

  it("takes a bounded number of rows and statements a turn", async () => {
    await env.DB.exec("DELETE FROM batches");
    await env.DB.exec("DELETE FROM models");
    await env.DB.exec("DELETE FROM listeners");
    await env.DB.exec("DELETE FROM tracks");
    const { manifest } = splitModel("many", "5", HEAD);
    const counting = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)`;
    const hash = "printf('%064x', i)";
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256,
           licence, licence_url, changes, origin, tags, stems)
         ${counting} SELECT printf('t%06d', i), 't', 'a', 30, ${hash}, 'audio/ogg', ${hash},
           'CC0-1.0', NULL, 'none', 'test', '[]', '{}' FROM n`,
      ).bind(TRACKS),
      env.DB.prepare(
        `INSERT INTO listeners (id, name, taste)
         ${counting} SELECT printf('l%04d', i), 'L', 'T' FROM n`,
      ).bind(LISTENERS),
      env.DB.prepare(
        `INSERT INTO models (id, version, listener, encoder_version, head_version, manifest, active)
         ${counting} SELECT printf('m%04d', i), ${hash}, printf('l%04d', i), ?2, ${hash},
           json_set(?3, '$.id', printf('m%04d', i), '$.listener', printf('l%04d', i), '$.version', ${hash}), 1 FROM n`,
      ).bind(LISTENERS, manifest.encoderVersion, JSON.stringify(manifest)),
      // The best 200 of each listener; every listener's are other ones.
      env.DB.prepare(
        `INSERT INTO scores (model_id, model_version, track, sound_sha256, logit, relevance)
         ${counting} SELECT model.id, model.version, printf('t%06d', (model.rowid * 997 + i) % ?2),
           printf('%064x', (model.rowid * 997 + i) % ?2), 0, i / 200.0 FROM n, models AS model`,
      ).bind(200, TRACKS),
    ]);
    const request = BatchRequest.parse({});
    const batch = await newBatch(request);
    const { counts, db } = counted(env.DB);
    const itsEnv = { ...SILENT, DB: db };

    const before = { ...counts };
    await planAll((cursor) => planScores(itsEnv, { batch, cursor }, request));
    const forScores = counts.rowsRead - before.rowsRead;
    const statements = counts.statements;
    const turns = await planAll((cursor) =>
      planExplanations(itsEnv, { batch, cursor }, request, CREATED),
    );
    const rows = await planned(batch);
    expect(rows.filter(({ kind }) => kind === "explanation")).toHaveLength(LISTENERS * FIRST * 3);
    expect(rows.filter(({ kind }) => kind === "table")).toHaveLength(LISTENERS * FIRST);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["planned"]));

    // Nothing here grows with the catalogue but what finds the tracks without scores.
    expect(turns).toBe(LISTENERS / 4 + 1);
    expect((counts.statements - statements) / turns).toBeLessThanOrEqual(10);
    expect(counts.mostRows).toBeLessThanOrEqual(40);
    expect((counts.rowsRead - forScores) / turns).toBeLessThan(3000);
    expect(forScores).toBeLessThan(5 * TRACKS);
  }, 120_000);
});
