import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { ExplanationRequest, SOURCES } from "@lemons/shared/contract/explanation-request";
import { foldTable } from "@lemons/shared/what-if/response-table";
import { decodeFoldedTable, encodeTable } from "@lemons/shared/what-if/table-format";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Spending } from "../../access/spend.ts";
import { seed } from "../../test/catalogue.ts";
import golden from "../../test/golden-explanation.json";
import { GOLDEN_QUESTION } from "../../test/golden-explanation.ts";
import {
  buildWell,
  explainWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { HEAD, responseTable } from "../../test/table.ts";
import { explanationJobOf } from "./explanation-job.ts";
import { storeTask } from "./explanation-store.ts";
import { requestExplanation } from "./find-explanation.ts";
import { resolveTask } from "./resolve-task.ts";

const BODY = { listener: "zoe", track: "bravo", ...GOLDEN_QUESTION };
const WAIT = { Prefer: "wait=20" };

const resolve = (change: object = {}) =>
  resolveTask(env, ExplanationRequest.parse({ ...BODY, ...change }));

/** Requests an explanation, and stores its table. */
async function explained(change: object = {}): Promise<PublishedExplanation> {
  standInForGpuWorker({ table: buildWell, render: renderWell });
  const response = await post("/v1/explanations", { ...BODY, ...change }, WAIT);
  return PublishedExplanation.parse(await response.json());
}

beforeAll(() => seed());
afterEach(() => vi.unstubAllGlobals());

/** An account with an endless budget. */
const FREE: Spending = {
  requestId: "request-of-the-test",
  reserve: async () => ({ account: "test", reservation: crypto.randomUUID(), holds: true }),
};

describe("an explanation computed at the edge", () => {
  it("is what Node computes, to the last bit", async () => {
    expect(await explained()).toMatchObject({ ...golden, engine: { kind: "table", blocks: 5 } });
  });

  it("is answered at once, by POST and by GET, if its table is stored", async () => {
    await explained();
    const calls = standInForGpuWorker({ render: renderWell });
    const posted = await post("/v1/explanations", { ...BODY, kernelWidth: 0.5 });
    expect(posted.status).toBe(200);

    const task = await resolve({ kernelWidth: 0.75 });
    expect((await request(`/v1/explanations/${task.id}`)).status).toBe(404);
    await storeTask(env.BUCKET, task);
    const got = await request(`/v1/explanations/${task.id}`);
    expect(await got.json()).toMatchObject({ id: task.id, kernelWidth: 0.75 });
    expect(calls.sent.filter(({ path }) => path !== "/v1/render")).toEqual([]);
  });

  it("is computed by the worker if the settings say so", async () => {
    await explained();
    const calls = standInForGpuWorker({ explain: explainWell });
    const task = await resolve({ kernelWidth: 0.4 });
    const atWorker = { ...env, EXPLAIN_AT: "worker" } as unknown as Env;
    await runInDurableObject(explanationJobOf(env, task.id), (job) => {
      Object.assign(job, { env: atWorker });
    });
    expect(await requestExplanation(atWorker, task, 10_000, FREE)).toMatchObject({
      explanation: { id: task.id },
    });
    expect(calls.explain.map(({ question }) => question.neighbourhood)).toEqual([
      GOLDEN_QUESTION.neighbourhood,
    ]);
    expect(calls.table).toEqual([]);
  });

  it("is left to the worker if there are too many masks to count, but not for cuts in time", async () => {
    const calls = standInForGpuWorker({
      table: buildWell,
      explain: explainWell,
      render: renderWell,
    });
    const many = await post("/v1/explanations", { ...BODY, segments: 6 }, WAIT);
    expect(await many.json()).toMatchObject({ neighbourhood: { kind: "sampled" } });
    const time = await post("/v1/explanations", { ...BODY, segments: 6, type: "time" });
    expect(await time.json()).toMatchObject({ neighbourhood: { kind: "exhaustive" } });
    expect(calls.table).toHaveLength(1);
    expect(calls.explain).toHaveLength(1);
  });

  it("is left to the worker if the model has no head of its own", async () => {
    await explained();
    const { model } = await resolve();
    await env.DB.prepare("UPDATE models SET head = NULL WHERE id = ?").bind(model.id).run();
    const calls = standInForGpuWorker({ explain: explainWell });
    const response = await post("/v1/explanations", { ...BODY, kernelWidth: 0.6 }, WAIT);
    expect(response.status).toBe(200);
    expect(calls.explain).toHaveLength(1);
    await seed();
  });

  it("has a damaged table built again", async () => {
    const { id } = await explained();
    await env.BUCKET.put(`tables/${id.slice(0, 32)}.bin`, "no table");
    const log = vi.spyOn(console, "error").mockReturnValue();
    const calls = standInForGpuWorker({ table: buildWell, render: renderWell });
    const response = await post("/v1/explanations", { ...BODY, kernelWidth: 0.7 }, WAIT);
    expect(response.status).toBe(200);
    expect(calls.table).toHaveLength(1);
    expect(log).toHaveBeenCalledWith(expect.stringContaining("Deleted the damaged table"));
    log.mockRestore();
  });
});

describe("GET /v1/explanations/{explanation}/table", () => {
  it("returns the table folded with the listener's head, immutable", async () => {
    const { id } = await explained();
    const response = await request(`/v1/explanations/${id}/table`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect(response.headers.get("Cache-Control")).toContain("immutable");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    const bytes = await response.bytes();
    expect(bytes).toEqual(encodeTable(foldTable(responseTable(2, SOURCES.length, 7), HEAD)));
    expect(decodeFoldedTable(bytes).segments).toBe(2);

    const headers = { "If-None-Match": response.headers.get("ETag")! };
    expect((await request(`/v1/explanations/${id}/table`, { headers })).status).toBe(304);
  });

  it("returns 404 for sampled masks and unknown explanations", async () => {
    standInForGpuWorker({ explain: explainWell });
    const neighbourhood = { kind: "sampled", samples: 16, seed: 3 };
    const drawn = await post("/v1/explanations", { ...BODY, neighbourhood }, WAIT);
    const { id } = await drawn.json<PublishedExplanation>();
    const none = await problemOf(await request(`/v1/explanations/${id}/table`));
    expect(none).toMatchObject({ status: 404, type: "/problems/missing-table" });
    const never = await request(`/v1/explanations/${id.replaceAll(/[0-9]/g, "0")}/table`);
    expect(await problemOf(never)).toMatchObject({ type: "/problems/unknown-explanation" });
  });
});
