import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Batch, BatchFailureList, BatchList } from "@lemons/shared/contract/batch";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../index.ts";
import { seed } from "../../test/catalogue.ts";
import { buildWell, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";

let admin: TestKey;
let explainer: TestKey;

const NOTHING_STALE = { listeners: ["zoe"], tracks: ["alpha"], types: ["time"] };

const ask = (path: string) => request(path, { headers: admin.headers });
const order = (path: string, body: unknown = {}) => post(path, body, admin.headers);

async function ended(id: string): Promise<Batch> {
  return vi.waitFor(
    async () => {
      const batch = Batch.parse(await (await ask(`/v1/batches/${id}`)).json());
      expect(batch.state).not.toBe("running");
      return batch;
    },
    { timeout: 20_000, interval: 100 },
  );
}

beforeEach(async () => {
  await resetStorage();
  await seed();
  admin = await makeKey(["admin"]);
  explainer = await makeKey(["read", "explain", "upload"]);
});
afterEach(() => vi.unstubAllGlobals());

describe("the routes of batches", { timeout: 60_000 }, () => {
  it.each([
    ["POST", "/v1/batches"],
    ["GET", "/v1/batches"],
    ["GET", "/v1/batches/nightly-2026-11-24"],
    ["GET", "/v1/batches/nightly-2026-11-24/failures"],
    ["POST", "/v1/batches/nightly-2026-11-24/retry"],
    ["POST", "/v1/batches/nightly-2026-11-24/cancel"],
  ])("require the scope admin: %s %s", async (method, path) => {
    const init = {
      method,
      headers: { "Content-Type": "application/json" },
      ...(method === "POST" ? { body: "{}" } : {}),
    };
    expect(await problemOf(await request(path, init))).toMatchObject({ status: 401 });
    const headers = { ...init.headers, ...explainer.headers };
    expect(await problemOf(await request(path, { ...init, headers }))).toMatchObject({
      status: 403,
      type: "/problems/missing-scope",
    });
  });

  it.each([
    [{ listeners: [] }, "listeners"],
    [{ listeners: ["zoe", "zoe"] }, "listeners"],
    [{ tracks: ["No such name"] }, "tracks.0"],
    [{ types: ["time", "space"] }, "types.1"],
    [{ force: "yes" }, "force"],
    [{ everything: true }, "everything"],
  ])("name the invalid field of %j", async (body, field) => {
    const { status, fields } = await problemOf(await order("/v1/batches", body));
    expect([status, fields]).toEqual([400, [field]]);
  });

  it.each([
    [{ listeners: ["zoe", "nemo"] }, "/problems/unknown-listener"],
    [{ tracks: ["omega", "alpha"] }, "/problems/unknown-track"],
  ])("return 404 for the unknown ids of %j", async (body, type) => {
    expect(await problemOf(await order("/v1/batches", body))).toMatchObject({ status: 404, type });
  });

  it("return 404 for an unknown batch", async () => {
    for (const response of [
      await ask("/v1/batches/nothing"),
      await ask("/v1/batches/nothing/failures"),
      await order("/v1/batches/nothing/retry"),
      await order("/v1/batches/nothing/cancel"),
    ]) {
      expect(await problemOf(response)).toMatchObject({
        status: 404,
        type: "/problems/unknown-batch",
      });
    }
  });

  it("start a batch, which the queue completes", async () => {
    const calls = standInForGpuWorker({ table: buildWell });
    const response = await order("/v1/batches", NOTHING_STALE);
    expect(response.status).toBe(202);
    const begun = Batch.parse(await response.json());
    expect(response.headers.get("Location")).toBe(`/v1/batches/${begun.id}`);
    expect(begun).toMatchObject({ state: "running", planning: true, origin: "request" });
    expect(await ended(begun.id)).toMatchObject({
      state: "done",
      counts: { done: 2, failed: 0, skipped: 0 },
    });
    expect(calls.table).toHaveLength(1);
  });

  it("list failures, retry them, and page through batches", async () => {
    const earlier = Batch.parse(
      await (await order("/v1/batches", { ...NOTHING_STALE, tracks: ["charlie"] })).json(),
    );
    expect((await order(`/v1/batches/${earlier.id}/cancel`)).status).toBe(200);
    const detail = "Zero samples after decoding.";
    const problem = { type: "/problems/x", title: "X", status: 422, detail };
    const line = `${JSON.stringify({ kind: "problem", problem })}\n`;
    standInForGpuWorker({ table: () => new Response(line) });
    const { id } = Batch.parse(
      await (await order("/v1/batches", { ...NOTHING_STALE, tracks: ["bravo"] })).json(),
    );
    expect(await ended(id)).toMatchObject({ state: "done", counts: { failed: 2 } });
    const first = BatchFailureList.parse(
      await (await ask(`/v1/batches/${id}/failures?limit=1`)).json(),
    );
    const second = BatchFailureList.parse(
      await (await ask(`/v1/batches/${id}/failures?limit=1&cursor=${first.nextCursor}`)).json(),
    );
    expect(second.nextCursor).toBeNull();
    const failures = [...first.failures, ...second.failures];
    expect(new Set(failures.map(({ kind }) => kind))).toEqual(new Set(["table", "explanation"]));
    for (const { reason, track } of failures)
      expect([track, reason.includes(detail)]).toEqual(["bravo", true]);

    standInForGpuWorker({ table: buildWell });
    const again = Batch.parse(await (await order(`/v1/batches/${id}/retry`)).json());
    expect(again).toMatchObject({ state: "running", counts: { failed: 0 } });
    expect(await ended(id)).toMatchObject({ counts: { done: 2, failed: 0 } });

    const page = BatchList.parse(await (await ask("/v1/batches?limit=1")).json());
    expect(page.batches.map((batch) => batch.id)).toEqual([id]);
    const rest = BatchList.parse(
      await (await ask(`/v1/batches?limit=5&cursor=${page.nextCursor}`)).json(),
    );
    expect(rest.batches.map((batch) => batch.id)).toEqual([earlier.id]);
    expect(rest.nextCursor).toBeNull();
  });

  it("cancel a batch", async () => {
    standInForGpuWorker({ table: () => new Promise(() => {}) });
    const { id } = Batch.parse(
      await (await order("/v1/batches", { tracks: ["charlie"], types: ["time"] })).json(),
    );
    const response = await order(`/v1/batches/${id}/cancel`);
    const batch = Batch.parse(await response.json());
    expect(batch).toMatchObject({ state: "cancelled", counts: { planned: 0, running: 0 } });
    expect(batch.finishedAt).not.toBeNull();
  });
});

describe("the schedule", { timeout: 60_000 }, () => {
  const at = (cron: string) =>
    createScheduledController({ cron, scheduledTime: new Date("2026-11-24T03:00:00Z") });

  it("starts one batch a night, however often it fires", async () => {
    await env.DB.exec("DELETE FROM models");
    await worker.scheduled(at("0 3 * * *"), env);
    await worker.scheduled(at("0 3 * * *"), env);
    const batch = await ended("nightly-2026-11-24");
    expect(batch).toMatchObject({ origin: "schedule", state: "done", counts: { failed: 0 } });
    expect(batch.kinds).toMatchObject({ plan: { done: 2 }, sweep: { done: 4 } });
  });

  it("catches up a night that was missed, once, unless the service is younger", async () => {
    await env.DB.exec("DELETE FROM models");
    const later = (scheduledTime: string) =>
      worker.scheduled(
        createScheduledController({ cron: "*/15 * * * *", scheduledTime: new Date(scheduledTime) }),
        env,
      );
    const nights = async () => {
      const { results } = await env.DB.prepare("SELECT id FROM batches ORDER BY id").all();
      return results.map(({ id }) => id);
    };
    await later("2026-11-24T09:00:00Z");
    expect(await nights()).toEqual([]);
    await env.DB.exec("INSERT INTO usage_days VALUES ('2026-11-23', 'gpuSeconds', 1)");
    await later("2026-11-24T09:00:00Z");
    await later("2026-11-25T02:45:00Z");
    expect(await nights()).toEqual(["nightly-2026-11-24"]);
    await later("2026-11-26T03:15:00Z");
    expect(await nights()).toEqual(["nightly-2026-11-24", "nightly-2026-11-26"]);
  });

  it("restarts items whose lease has expired", async () => {
    await env.DB.exec("DELETE FROM models");
    await env.DB.prepare(
      `INSERT INTO batches (id, origin, request, state, created_at, updated_at)
       VALUES ('lost', 'request', '{}', 'running', '2026-11-24T00:00:00.000Z', '2026-11-24T00:00:00.000Z')`,
    ).run();
    await env.DB.prepare(
      `INSERT INTO batch_items (batch, id, kind, state, ready, turn, due_at, started_at, changed_at)
       VALUES ('lost', 'plan-scores', 'plan', 'running', 1, 1, '2026-11-24T00:00:00.000Z',
         '2026-11-24T00:00:00.000Z', '2026-11-24T00:00:00.000Z')`,
    ).run();
    await worker.scheduled(at("* * * * *"), env);
    expect(await ended("lost")).toMatchObject({ state: "done" });
  });
});
