import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seed } from "../test/catalogue.ts";
import {
  buildSlowly,
  buildWell,
  renderWell,
  standInForGpuWorker,
} from "../test/gpu-worker-stand-in.ts";
import { makeKey } from "../test/keys.ts";
import { post, problemOf, request } from "../test/request.ts";
import { budgetOf } from "./payer.ts";

/** Each test uses its own number of segments, so no test finds another's table. */
const question = (kernelWidth: number, segments = 7) => ({
  listener: "zoe",
  track: "delta",
  type: "time",
  segments,
  kernelWidth,
});
const remaining = async (id: string, seconds: number) =>
  (await budgetOf(env, `key:${id}`).state(seconds * 1000)).remainingMs;

beforeAll(() => seed());
afterEach(() => vi.unstubAllGlobals());

describe("the compute budget of a key", () => {
  it("is exact under concurrent requests", async () => {
    const gate = Promise.withResolvers<void>();
    standInForGpuWorker({
      table: async () => {
        await gate.promise;
        return new Response(null, { status: 422 });
      },
    });
    // 6.83 s each, all reserved while the worker waits.
    const key = await makeKey(["explain"], { computeSecondsPerDay: 60 });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        post("/v1/explanations", question(1 + i / 10), key.headers),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(8).fill(202), ...Array(4).fill(429)]);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(refused.headers.get("RateLimit-Policy")).toBe(
      '"compute";q=60;qu="compute-seconds";w=86400',
    );
    expect(refused.headers.get("RateLimit")).toMatch(/^"compute";r=5;t=\d+$/);
    expect(await problemOf(refused)).toMatchObject({ type: "/problems/budget-spent" });

    gate.resolve();
    await vi.waitFor(async () => expect(await remaining(key.id, 60)).toBeGreaterThan(50_000), 5000);
  });

  it("charges for a table once, returns the rest, and charges nothing for a stored explanation", async () => {
    standInForGpuWorker({ table: buildSlowly(100), render: renderWell });
    const key = await makeKey(["read", "explain"], { computeSecondsPerDay: 1000 });
    const ask = (width: number) =>
      post("/v1/explanations", question(width, 6), { ...key.headers, Prefer: "wait=20" });
    const first = await ask(0.31);
    expect(first.status).toBe(200);
    // 6.8 s are reserved.
    expect(first.headers.get("RateLimit")).toMatch(/;r=993;/);
    await vi.waitFor(async () => {
      const left = await remaining(key.id, 1000);
      expect(left).toBeLessThan(1_000_000);
      expect(left).toBeGreaterThan(990_000);
    });
    const after = await remaining(key.id, 1000);

    const stored = await ask(0.31);
    expect(stored.status).toBe(200);
    expect(stored.headers.has("RateLimit")).toBe(false);
    expect(await remaining(key.id, 1000)).toBe(after);

    // With the table: half a second for the enumeration, and the time to render audio.
    expect((await ask(0.32)).status).toBe(200);
    await vi.waitFor(async () => {
      const spent = after - (await remaining(key.id, 1000));
      expect(spent).toBeGreaterThanOrEqual(500);
      expect(spent).toBeLessThan(1500);
    });
  });

  it("does not pay for joining a running job", async () => {
    standInForGpuWorker({ table: buildSlowly(300), render: renderWell });
    const [first, second] = await Promise.all([
      makeKey(["explain"], { computeSecondsPerDay: 100 }),
      makeKey(["explain"], { computeSecondsPerDay: 1 }),
    ]);
    const asked = question(0.77, 5);
    expect((await post("/v1/explanations", asked, first.headers)).status).toBe(202);
    const joined = await post("/v1/explanations", asked, second.headers);
    expect(joined.status).toBe(202);
    expect(await remaining(second.id, 1)).toBe(1000);
    await vi.waitFor(
      async () => expect(await remaining(first.id, 100)).toBeGreaterThan(95_000),
      5000,
    );
  });

  it("rejects a request that costs more than a day's budget", async () => {
    const key = await makeKey(["explain"], { computeSecondsPerDay: 600 });
    const neighbourhood = { kind: "sampled", samples: 8192 };
    const asked = { ...question(0.2, 5), type: "time+source", neighbourhood };
    expect(await problemOf(await post("/v1/explanations", asked, key.headers))).toMatchObject({
      status: 403,
      type: "/problems/cost-over-budget",
      detail: expect.stringContaining("1235 s of compute, but the daily budget is 600 s"),
    });
  });
});

describe("a caller without a key", () => {
  it("has one budget for each address", async () => {
    standInForGpuWorker({ table: buildWell, render: renderWell });
    const from = (address: string, width: number) =>
      post("/v1/explanations", question(width, 4), {
        "CF-Connecting-IP": address,
        Prefer: "wait=20",
      });
    const [here, there] = await Promise.all([from("203.0.113.7", 2.1), from("203.0.113.8", 2.2)]);
    for (const response of [here, there]) {
      expect(response.status).toBe(200);
      expect(response.headers.get("RateLimit-Policy")).toContain(";q=86400;");
      // Neither paid for the other's request.
      expect(response.headers.get("RateLimit")).toMatch(/r=863\d\d;/);
    }
  });

  it("gets 429 for more than 60 writing requests within seconds", async () => {
    const ask = () => post("/v1/explanations", {}, { "CF-Connecting-IP": "198.51.100.9" });
    // At once, and twice the limit: the binding's period of 10 s may end in between.
    const responses = await Promise.all(Array.from({ length: 130 }, ask));
    const rejected = responses.filter(({ status }) => status === 429);
    const admitted = responses.filter(({ status }) => status === 400);
    expect(admitted.length).toBeGreaterThanOrEqual(50);
    expect(rejected.length).toBeGreaterThan(0);
    expect(admitted.length + rejected.length).toBe(130);
    expect(rejected[0]!.headers.get("Retry-After")).toBe("10");
    expect(await problemOf(rejected[0]!)).toMatchObject({ type: "/problems/too-many-requests" });
  });

  it("gets 401 for a route that needs a key, however often", async () => {
    for (let i = 0; i < 70; i++) {
      const headers = { "Content-Type": "application/json", "CF-Connecting-IP": "198.51.100.8" };
      const response = await request("/v1/batches", { method: "POST", headers, body: "{}" });
      expect(await problemOf(response)).toMatchObject({ status: 401 });
    }
  });
});
