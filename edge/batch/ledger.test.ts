import { env } from "cloudflare:workers";
import { BatchId, type BatchMessage, BatchRequest } from "@lemons/shared/contract/batch";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { resetStorage } from "../test/storage.ts";
import { findBatch } from "./batches.ts";
import { cancelBatch, createBatch } from "./change-batch.ts";
import { dispatch, settle, takeTurn } from "./ledger.ts";

const LISTENERS = 1000;
const TABLES = 10_000;
const EXPLANATIONS = 3 * TABLES;

beforeAll(async () => {
  await resetStorage();
});

describe("a ledger of 40,000 items", { timeout: 120_000 }, () => {
  it("takes as many steps for each item as a ledger of forty", async () => {
    const sent: BatchMessage[] = [];
    let rowsRead = 0;
    const itsEnv: Env = {
      ...env,
      BATCH_QUEUE: {
        send: async () => {},
        sendBatch: async (messages: Iterable<{ body: (typeof sent)[number] }>) => {
          sent.push(...Array.from(messages, ({ body }) => body));
        },
      } as unknown as Queue,
      DB: new Proxy(env.DB, {
        get(target, name) {
          if (name !== "batch") return Reflect.get(target, name).bind(target);
          return async (statements: D1PreparedStatement[]) => {
            const results = await target.batch(statements);
            for (const { meta } of results) rowsRead += meta.rows_read;
            return results;
          };
        },
      }),
    };
    const id = BatchId.parse("large");
    await createBatch(itsEnv, {
      id: id,
      origin: "request",
      request: BatchRequest.parse({ tracks: ["alpha"] }),
    });
    const counting =
      "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)";
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO batch_items (batch, id, kind, state, ready, changed_at)
         ${counting} SELECT ?2, printf('%032x', i), 'table', 'planned', 1, '2026' FROM n`,
      ).bind(TABLES, id),
      env.DB.prepare(
        `INSERT INTO batch_items (batch, id, kind, state, ready, listener, needs, changed_at)
         ${counting} SELECT ?2, printf('%032x-%032x', i / 3, i), 'explanation', 'planned', 0,
           printf('l%04d', i % ?3), printf('%032x', i / 3), '2026' FROM n`,
      ).bind(EXPLANATIONS, id, LISTENERS),
    ]);

    rowsRead = 0;
    sent.length = 0;
    await dispatch(itsEnv);
    expect(sent).toHaveLength(4);
    expect(rowsRead).toBeLessThan(100);

    const item = (await takeTurn(itsEnv, sent[0]!))!;
    rowsRead = 0;
    await settle(itsEnv, item, { state: "done" });
    await dispatch(itsEnv);
    expect(rowsRead).toBeLessThan(100);
    expect(sent.slice(4).map(({ item: name }) => name.length)).toEqual([32, 65, 65, 65]);

    const before = (await findBatch(env.DB, id))!;
    expect(before.counts).toMatchObject({ done: 1, running: 7 });
    await cancelBatch(itsEnv, id);
    expect((await findBatch(env.DB, id))!).toMatchObject({
      state: "cancelled",
      counts: { done: 1, planned: 0, running: 0, skipped: TABLES + EXPLANATIONS - 1 },
    });
    expect(await takeTurn(itsEnv, sent[1]!)).toBeNull();
  });
});

describe("a batch that is created while the queue is away", () => {
  it("is created all the same, and continues on schedule", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const away = { sendBatch: () => Promise.reject(new Error("the queue is away")) };
    const request = BatchRequest.parse({ tracks: ["alpha"] });
    await createBatch(
      { ...env, BATCH_QUEUE: away as unknown as Queue },
      { id: BatchId.parse("patient"), origin: "request", request },
    );
    expect(log.mock.calls.flat().join()).toContain("the queue is away");
    expect(await findBatch(env.DB, BatchId.parse("patient"))).toMatchObject({
      state: "running",
      planning: true,
    });
    await env.DB.exec("UPDATE batch_items SET due_at = '2000' WHERE batch = 'patient'");
    const sent: unknown[] = [];
    const back = {
      sendBatch: async (messages: Iterable<{ body: unknown }>) => {
        sent.push(...Array.from(messages, ({ body }) => body));
      },
    };
    await dispatch({ ...env, BATCH_QUEUE: back as unknown as Queue });
    expect(sent).toEqual([{ batch: "patient", item: "plan-explanations", turn: 2 }]);
    log.mockRestore();
  });
});
