import { env } from "cloudflare:workers";
import { type Batch, BatchId, BatchRequest } from "@lemons/shared/contract/batch";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BatchQueue } from "../test/batch-queue.ts";
import { FOLDER, seed, splitModel } from "../test/catalogue.ts";
import {
  buildSlowly,
  buildWell,
  type Calls,
  lines,
  poolWell,
  type StandIn,
  standInForGpuWorker,
} from "../test/gpu-worker-stand-in.ts";
import { resetStorage } from "../test/storage.ts";
import { HEAD, OTHER_HEAD } from "../test/table.ts";
import { findBatch, listFailures } from "./batches.ts";
import { cancelBatch, createBatch, retryBatch } from "./change-batch.ts";

/** Two listeners have five tracks between them and have heard three. */
const PAIRS = 7;
const TABLES = 5;
/** Enumerating the masks of time x source takes half a second each. */
const QUICK = { types: ["time", "source"] };
const TIMEOUT_MS = 60_000;

let batches = 0;

async function begin(queue: BatchQueue, request: object = {}): Promise<BatchId> {
  const id = BatchId.parse(`test-${batches++}`);
  await createBatch(queue.env, { id: id, origin: "request", request: BatchRequest.parse(request) });
  return id;
}

async function run(request: object = {}): Promise<Batch> {
  const queue = new BatchQueue();
  const id = await begin(queue, request);
  await queue.runToEnd(id);
  return (await findBatch(env.DB, id))!;
}

const standIn = (answers: StandIn): Calls =>
  standInForGpuWorker({ features: poolWell, ...answers });

/** Asserts that the tallies equal the rows they count. */
async function expectExact(id: BatchId): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT kind, sum(state = 'planned') AS planned, sum(state = 'running') AS running,
       sum(state = 'done') AS done, sum(state = 'failed') AS failed, sum(state = 'skipped') AS skipped
     FROM batch_items WHERE batch = ? GROUP BY kind`,
  )
    .bind(id)
    .all<{ kind: string }>();
  const counted = Object.fromEntries(results.map(({ kind, ...counts }) => [kind, counts]));
  expect((await findBatch(env.DB, id))!.kinds).toEqual(counted);
}

async function explanationsInStore(): Promise<string[]> {
  const { objects } = await env.BUCKET.list({ prefix: "explanations/" });
  return objects.map(({ key }) => key).filter((key) => key.endsWith("/explanation.json"));
}

/** Starts from an empty store: earlier tests leave flights, tables and explanations. */
async function start(): Promise<void> {
  await resetStorage();
  await seed();
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a batch of everything", { timeout: TIMEOUT_MS }, () => {
  it("computes scores, then tables, then explanations; a second batch computes nothing", async () => {
    await start();
    const calls = standIn({ table: buildWell });
    const first = await run();
    expect(first).toMatchObject({ state: "done", planning: false, secondsLeft: null });
    expect(first.kinds).toMatchObject({
      scores: { done: 1, failed: 0 },
      table: { done: TABLES, skipped: 0, failed: 0 },
      explanation: { done: 3 * PAIRS, skipped: 0, failed: 0 },
    });
    expect(calls.table).toHaveLength(TABLES);
    expect([calls.explain.length, calls.render.length]).toEqual([0, 0]);
    const paths = calls.sent.map(({ path }) => path);
    expect(paths.lastIndexOf("/v1/features")).toBeLessThan(paths.indexOf("/v1/table"));
    expect(await explanationsInStore()).toHaveLength(3 * PAIRS);
    await expectExact(first.id);

    const second = await run();
    expect(second.counts).toEqual({
      planned: 0,
      running: 0,
      done: 0,
      failed: 0,
      skipped: 1 + 3 * PAIRS,
    });
    expect(calls.table).toHaveLength(TABLES);
    await expectExact(second.id);
  });

  it("needs no gpu-worker if only a head is new", async () => {
    await start();
    standIn({ table: buildWell });
    await run(QUICK);
    // The same encoder: only zoe's explanations are out of date.
    await seed({ ...FOLDER, models: [splitModel("zoe", "9", OTHER_HEAD), FOLDER.models[1]!] });
    const calls = standIn({ table: buildWell });
    const { kinds } = await run(QUICK);
    expect(kinds).toMatchObject({
      table: { done: 0, skipped: 3 },
      explanation: { done: 6, skipped: 8 },
    });
    expect(calls.sent).toEqual([]);
  });

  it("builds tables again for a new encoder", async () => {
    await start();
    standIn({ table: buildWell });
    await run({ ...QUICK, listeners: ["zoe"], tracks: ["delta"] });
    const model = splitModel("zoe", "9", HEAD);
    const renewed = { ...model.manifest, encoderVersion: "d".repeat(64) };
    await seed({ ...FOLDER, models: [{ ...model, manifest: renewed }, FOLDER.models[1]!] });
    const calls = standIn({ table: buildWell });
    const { kinds } = await run({ ...QUICK, listeners: ["zoe"], tracks: ["delta"] });
    expect(kinds).toMatchObject({
      table: { done: 1, skipped: 0 },
      explanation: { done: 2, skipped: 0 },
    });
    expect(calls.table).toHaveLength(1);
  });
});

describe("a batch of named tracks", { timeout: TIMEOUT_MS }, () => {
  it("explains them to each listener, heard or not, without scores", async () => {
    await start();
    const calls = standIn({ table: buildWell });
    const batch = await run({ tracks: ["alpha", "bravo"], types: ["time", "source"] });
    expect(batch.kinds).toMatchObject({ table: { done: 2 }, explanation: { done: 8 } });
    expect(calls.features).toHaveLength(0);
  });

  it("builds tables again once if forced", async () => {
    await start();
    standIn({ table: buildWell });
    const request = { tracks: ["alpha"], types: ["time"] };
    await run(request);
    const [key] = await explanationsInStore();
    await env.BUCKET.delete(key!);
    const calls = standIn({ table: buildWell });
    const { kinds } = await run({ ...request, force: true });
    expect(kinds).toMatchObject({ table: { done: 1 }, explanation: { done: 1, skipped: 1 } });
    expect(calls.table).toHaveLength(1);
  });
});

describe("messages that are lost, repeated, late, or dropped by a crash", {
  timeout: TIMEOUT_MS,
}, () => {
  it.each([1, 2, 3])("change nothing about how it ends (seed %i)", async (number) => {
    await start();
    vi.spyOn(console, "error").mockImplementation(() => {});
    const calls = standIn({ table: buildSlowly(3) });
    const twister = createMt19937(number);
    const random = () => twister.nextUint32() / 2 ** 32;
    const queue = new BatchQueue();
    const id = await begin(queue, QUICK);
    await queue.send("poison");
    await queue.send({ batch: id, item: "nothing-like-it", turn: 1 });
    await queue.send({ batch: "elsewhere", item: "x", turn: 1 });
    const mishaps = { random, lost: 0.1, doubled: 0.3, shuffled: true, brokenOff: 0.15 };
    await queue.runToEnd(id, mishaps);
    const { state, counts } = (await findBatch(env.DB, id))!;
    expect({ state, counts, failures: await listFailures(env.DB, id, { limit: 9 }) }).toMatchObject(
      {
        state: "done",
        counts: { done: 1 + TABLES + 2 * PAIRS, failed: 0, planned: 0, running: 0 },
        failures: [],
      },
    );
    expect(calls.table).toHaveLength(TABLES);
    expect(await explanationsInStore()).toHaveLength(2 * PAIRS);
    await expectExact(id);
  });
});

describe("a failed item", { timeout: TIMEOUT_MS }, () => {
  const refused = () =>
    lines([
      {
        kind: "problem",
        problem: { type: "/x", title: "X", status: 422, detail: "Zero samples after decoding." },
      },
    ]);

  it("is recorded with its reason, and succeeds when retried", async () => {
    await start();
    standIn({
      table: (asked, call) =>
        asked.sound.audio?.sha256.startsWith("b") ? refused() : buildWell(asked, call),
    });
    const queue = new BatchQueue();
    const id = await begin(queue, { tracks: ["alpha", "bravo"], types: ["time"] });
    await queue.runToEnd(id);
    const batch = (await findBatch(env.DB, id))!;
    expect(batch.kinds).toMatchObject({
      table: { done: 1, failed: 1 },
      explanation: { done: 2, failed: 2 },
    });
    const failures = await listFailures(env.DB, id, { limit: 10 });
    expect(failures.map(({ kind, reason }) => [kind, reason]).sort()).toEqual([
      ["explanation", "Its response table: Zero samples after decoding."],
      ["explanation", "Its response table: Zero samples after decoding."],
      ["table", "Zero samples after decoding."],
    ]);

    const calls = standIn({ table: buildWell });
    await retryBatch(queue.env, id);
    expect(await findBatch(env.DB, id)).toMatchObject({ state: "running", finishedAt: null });
    await queue.runToEnd(id);
    expect((await findBatch(env.DB, id))!.kinds).toMatchObject({
      table: { done: 2, failed: 0 },
      explanation: { done: 4, failed: 0 },
    });
    expect(calls.table).toHaveLength(1);
    await expectExact(id);
  });

  it("waits for a gpu-worker that is away for longer than a flight lasts", async () => {
    await start();
    vi.spyOn(Math, "random").mockReturnValue(0);
    const away = () => Promise.reject(new TypeError("refused"));
    const calls = standIn({
      table: (asked, call) => (call <= 7 ? away() : buildWell(asked, call)),
    });
    const batch = await run({ tracks: ["alpha"], types: ["time"] });
    expect(batch.counts).toMatchObject({ done: 3, failed: 0 });
    expect(calls.table).toHaveLength(8);
  });

  it("plans explanations again if scores failed", async () => {
    await start();
    const nothing = () => new Response(null, { status: 401 });
    standIn({ table: buildWell, features: nothing });
    const queue = new BatchQueue();
    const id = await begin(queue, QUICK);
    await queue.runToEnd(id);
    expect(await findBatch(env.DB, id)).toMatchObject({
      state: "done",
      counts: { failed: 1, done: 0 },
      kinds: { scores: { failed: 1 }, plan: { done: 2 } },
    });
    const [failure] = await listFailures(env.DB, id, { limit: 2 });
    expect(failure?.reason).toMatch(/answered 401/);

    standIn({ table: buildWell });
    await retryBatch(queue.env, id);
    await queue.runToEnd(id);
    expect((await findBatch(env.DB, id))!.kinds).toMatchObject({
      scores: { done: 1, failed: 0 },
      explanation: { done: 2 * PAIRS },
    });
    await expectExact(id);
  });

  it("fails if every delivery failed, and keeps the message", async () => {
    await start();
    vi.spyOn(console, "error").mockImplementation(() => {});
    standIn({ table: buildWell });
    const queue = new BatchQueue();
    const broken = {
      ...queue.env,
      BUCKET: new Proxy(env.BUCKET, {
        get: (_, name) => () => Promise.reject(new Error(`R2 is down (${String(name)})`)),
      }),
    };
    Object.assign(queue, { env: broken });
    const id = await begin(queue, { tracks: ["alpha"], types: ["time"] });
    await queue.runToEnd(id);
    const [failure] = await listFailures(env.DB, id, { limit: 10 });
    expect(failure).toMatchObject({ item: "plan-explanations", kind: "plan" });
    expect(failure?.reason).toMatch(/Every delivery.*R2 is down/);
    const letter = await env.DB.prepare("SELECT body, reason FROM dead_letters").first<{
      body: string;
    }>();
    expect(JSON.parse(letter!.body)).toMatchObject({ batch: id, item: "plan-explanations" });
  });
});

describe("a cancelled batch", { timeout: TIMEOUT_MS }, () => {
  it("skips open items and ignores late messages", async () => {
    await start();
    const calls = standIn({ table: buildWell });
    const queue = new BatchQueue();
    const id = await begin(queue, { tracks: ["alpha", "bravo"], types: ["time"] });
    await queue.deliver();
    expect(queue.length).toBeGreaterThan(0);
    await cancelBatch(env, id);
    await queue.runToEnd(id);
    const batch = (await findBatch(env.DB, id))!;
    expect(batch).toMatchObject({ state: "cancelled", counts: { skipped: 6, planned: 0 } });
    expect(calls.table).toHaveLength(0);
    await expectExact(id);
    await retryBatch(queue.env, id);
    expect(await findBatch(env.DB, id)).toMatchObject({ state: "cancelled" });
  });
});

describe("a track or model that changes under a batch", { timeout: TIMEOUT_MS }, () => {
  it("skips the item", async () => {
    await start();
    standIn({ table: buildWell });
    const queue = new BatchQueue();
    const id = await begin(queue, { tracks: ["alpha", "bravo"], types: ["time"] });
    await queue.deliver();
    await env.DB.exec("DELETE FROM tracks WHERE id = 'alpha'");
    await env.DB.exec(`UPDATE tracks SET sound_sha256 = '${"0".repeat(64)}' WHERE id = 'bravo'`);
    await queue.runToEnd(id);
    expect((await findBatch(env.DB, id))!).toMatchObject({
      state: "done",
      counts: { skipped: 6, done: 0, failed: 0 },
    });
  });
});
