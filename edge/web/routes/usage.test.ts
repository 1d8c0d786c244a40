import { env } from "cloudflare:workers";
import { Usage } from "@lemons/shared/contract/usage";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordUsage, type UsageName } from "../../access/usage.ts";
import { seed } from "../../test/catalogue.ts";
import { buildSlowly, renderWell, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";

const QUESTION = { listener: "zoe", track: "alpha" };

let admin: TestKey;

async function usage(query = ""): Promise<Usage> {
  const response = await request(`/v1/usage${query}`, { headers: admin.headers });
  return Usage.parse(await response.json());
}

beforeEach(async () => {
  await resetStorage();
  await seed();
  admin = await makeKey(["admin"]);
});
afterEach(() => vi.unstubAllGlobals());

describe("GET /v1/usage", { timeout: 60_000 }, () => {
  it("requires the scope admin", async () => {
    expect(await problemOf(await request("/v1/usage"))).toMatchObject({ status: 401 });
    const { headers } = await makeKey(["explain", "read"]);
    expect(await problemOf(await request("/v1/usage", { headers }))).toMatchObject({ status: 403 });
    const { headers: allowed } = admin;
    const tooMany = await request("/v1/usage?days=91", { headers: allowed });
    expect(await problemOf(tooMany)).toMatchObject({ status: 400, fields: ["days"] });
  });

  it("sums the days and estimates the cost", async () => {
    const amounts = new Map<UsageName, number>([
      ["explanationsStored", 6],
      ["explanationsComputed", 1],
      ["explanationsAwaited", 1],
      ["gpuSeconds", 90],
    ]);
    await recordUsage(env.DB, amounts);
    await recordUsage(env.DB, amounts);
    await env.DB.exec(
      "INSERT INTO usage_days (day, name, value) VALUES ('2020-01-01', 'gpuSeconds', 1e6)",
    );
    const { days, cacheHitRate, gpuSeconds, gpuCost, queue } = await usage("?days=2");
    expect(
      days.map(({ explanationsStored, gpuSeconds: busy }) => [explanationsStored, busy]),
    ).toEqual([
      [12, 180],
      [0, 0],
    ]);
    expect([cacheHitRate, gpuSeconds]).toEqual([0.75, 180]);
    expect(gpuCost.amount).toBeCloseTo(0.04, 12);
    expect(queue).toEqual({ planned: 0, running: 0, overdue: 0, deadLetters: 0 });
  });

  it("counts responses by source, and the seconds that the gpu-worker was busy", async () => {
    standInForGpuWorker({ table: buildSlowly(150), render: renderWell });
    const ask = async (type: string) => {
      const asked = await post("/v1/explanations", { ...QUESTION, type }, { Prefer: "wait=20" });
      expect(asked.status).toBe(200);
    };
    // Counts are written every ten seconds, so every request that no flight answers moves the clock
    // forward. The
    // counts of other tests are written along with them.
    await vi.waitFor(() => ask("time+source"), { timeout: 50_000 });
    const now = Date.now.bind(Date);
    let ahead = 0;
    const askLater = async (type: string) => {
      ahead += 11_000;
      const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + ahead);
      await ask(type);
      clock.mockRestore();
    };
    const today = async () => (await usage("?days=1")).days[0]!;
    await askLater("time+source");
    await vi.waitFor(async () => expect((await today()).explanationsStored).toBeGreaterThan(0));
    const before = await today();
    expect(before.explanationsAwaited).toBeGreaterThan(0);
    expect(before.gpuSeconds).toBeGreaterThan(0.1);
    // The table of all parts covers the sources too. A flight reads it, by the real time.
    await ask("source");
    for (const type of ["source", "time+source", "time+source"]) await askLater(type);
    await vi.waitFor(async () => {
      expect(await today()).toMatchObject({
        explanationsStored: before.explanationsStored + 3,
        explanationsComputed: before.explanationsComputed + 1,
        explanationsAwaited: before.explanationsAwaited,
      });
    });
  });
});
