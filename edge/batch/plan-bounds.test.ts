import { env } from "cloudflare:workers";
import { BatchId, BatchMessage, BatchRequest } from "@lemons/shared/contract/batch";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { brokenEnv, deliveryOf } from "../test/batch-queue.ts";
import { type CallCounts, countedEnv } from "../test/counted-env.ts";
import { type CatalogueSize, fillCatalogue, fillScores } from "../test/large-catalogue.ts";
import { resetStorage } from "../test/storage.ts";
import { createBatch } from "./change-batch.ts";
import { consume } from "./consume.ts";
import { dispatch } from "./ledger.ts";

/** Limits of one planner turn, for any size of the catalogue. */
const BOUNDS = { statements: 20, mostRows: 40, objects: 160, messages: 4, rowsRead: 5000 };
const RECOMMENDED = 10;
const MAX_TURNS = 1000;

interface Run {
  turns: number;
  broken: number;
  most: Record<keyof typeof BOUNDS, number>;
}

beforeAll(async () => {
  await resetStorage();
});

const isPlanning = ({ item }: BatchMessage) => item.startsWith("plan-");

/**
 * Takes a batch through its planning, message by message. What a turn that breaks off has sent is lost, as
 * is its message; the clock begins it again.
 *
 * @param breaks whether the next turn breaks off somewhere
 */
async function plan(batch: string, request: BatchRequest, breaks: () => boolean): Promise<Run> {
  const random = createMt19937(7);
  const run: Run = {
    turns: 0,
    broken: 0,
    most: { statements: 0, mostRows: 0, objects: 0, messages: 0, rowsRead: 0 },
  };
  const begun = countedEnv(env);
  await createBatch(begun.env, { id: BatchId.parse(batch), origin: "request", request });
  let next = begun.counts.messages.map((body) => BatchMessage.parse(body)).find(isPlanning);
  while (next !== undefined) {
    if (run.turns === MAX_TURNS)
      throw new Error(`The planning isn't done after ${MAX_TURNS} turns.`);
    const { env: counted, counts } = countedEnv(env);
    const isBroken = breaks();
    const itsEnv = isBroken ? brokenEnv(counted, () => random.nextUint32() / 2 ** 32) : counted;
    await take(itsEnv, next);
    run.turns++;
    run.broken += Number(isBroken);
    if (next.item === "plan-explanations") note(run.most, counts);
    next = isBroken
      ? undefined
      : counts.messages.map((m) => BatchMessage.parse(m)).find(isPlanning);
    next ??= await lost(batch);
  }
  return run;
}

async function take(itsEnv: Env, body: BatchMessage): Promise<void> {
  const message = { id: "1", body, attempts: 1, ack() {}, retry() {} };
  await consume(itsEnv, deliveryOf(message)).catch((error: unknown) => {
    if (!String(error).includes("killed")) throw error;
  });
}

function note(most: Run["most"], counts: CallCounts): void {
  most.messages = Math.max(most.messages, counts.messages.length);
  for (const name of ["statements", "mostRows", "objects", "rowsRead"] as const) {
    most[name] = Math.max(most[name], counts[name]);
  }
}

/** Ends the lease, so that the schedule gives a new turn. */
async function lost(batch: string): Promise<BatchMessage | undefined> {
  await env.DB.prepare(
    "UPDATE batch_items SET due_at = '2000' WHERE batch = ? AND kind = 'plan' AND state = 'running'",
  )
    .bind(batch)
    .run();
  const { env: counted, counts } = countedEnv(env);
  await dispatch(counted);
  return counts.messages.map((body) => BatchMessage.parse(body)).find(isPlanning);
}

/** Finds the first recommendations by a window over all scores. */
async function expected(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT listener, track FROM (
       SELECT models.listener, scores.track, row_number() OVER (
         PARTITION BY models.id ORDER BY scores.relevance DESC, scores.track) AS rank
       FROM scores JOIN models ON models.id = scores.model_id
       WHERE NOT EXISTS (SELECT 1 FROM listens
         WHERE listens.listener = models.listener AND listens.track = scores.track))
     WHERE rank <= ?`,
  )
    .bind(RECOMMENDED)
    .all<{ listener: string; track: string }>();
  return results
    .flatMap(({ listener, track }) =>
      ["time", "source", "time+source"].map((type) => `${listener} ${track} ${type}`),
    )
    .sort();
}

async function planned(batch: string): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT listener, track, type FROM batch_items WHERE batch = ? AND kind = 'explanation'`,
  )
    .bind(batch)
    .all<{ listener: string; track: string; type: string }>();
  return results.map(({ listener, track, type }) => `${listener} ${track} ${type}`).sort();
}

describe.each<CatalogueSize & { turns: number }>([
  { tracks: 1000, listeners: 6, turns: 1 + 2 },
  { tracks: 100_000, listeners: 40, turns: 1 + 11 },
])("a plan of $tracks tracks x $listeners listeners", { timeout: 120_000 }, (size) => {
  const request = BatchRequest.parse({});

  beforeEach(async () => {
    await fillCatalogue(env.DB, size);
    await fillScores(env.DB, size);
  });

  it("stays within the limits of a turn, and plans everything once", async () => {
    const { turns, most } = await plan("whole", request, () => false);
    expect(turns).toBe(size.turns);
    for (const [name, bound] of Object.entries(BOUNDS)) {
      expect(most[name as keyof typeof BOUNDS], name).toBeLessThanOrEqual(bound);
    }
    const wanted = await expected();
    expect(wanted).toHaveLength(size.listeners * RECOMMENDED * 3);
    expect(await planned("whole")).toEqual(wanted);
  });

  it("continues after turns that break off, and still plans everything once", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    let turn = 0;
    const { broken } = await plan("broken", request, () => turn++ % 2 === 0);
    expect(log.mock.calls.flat().join()).toContain("killed");
    log.mockRestore();
    expect(broken).toBeGreaterThan(1);
    expect(await planned("broken")).toEqual(await expected());
  });
});

describe("a plan of 1,000 named tracks x 1,000 listeners", { timeout: 120_000 }, () => {
  it("stays within the limits of a turn", async () => {
    const size = { tracks: 1000, listeners: 1000 };
    await fillCatalogue(env.DB, size);
    const { results } = await env.DB.prepare("SELECT id FROM tracks").all<{ id: string }>();
    const request = BatchRequest.parse({ tracks: results.map(({ id }) => id) });
    const begun = countedEnv(env);
    await createBatch(begun.env, { id: BatchId.parse("named"), origin: "request", request });
    let [message] = begun.counts.messages;
    for (let turn = 0; turn < 3; turn++) {
      const { env: counted, counts } = countedEnv(env);
      await take(counted, BatchMessage.parse(message));
      expect(counts.statements).toBeLessThanOrEqual(BOUNDS.statements);
      expect(counts.rowsRead).toBeLessThan(10_000);
      expect(counts.mostRows).toBeLessThanOrEqual(BOUNDS.mostRows);
      [message] = counts.messages;
    }
    expect(await planned("named")).toHaveLength(3 * 40 * 3);
  });
});
