import { afterEach, describe, expect, it, vi } from "vitest";
import { standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { problemOf, request } from "../../test/request.ts";

afterEach(() => vi.unstubAllGlobals());

const health = async () =>
  (await request("/healthz")).json<{ status: string; gpuWorker: unknown }>();

describe("GET /healthz", () => {
  it("passes on what the gpu-worker says of itself", async () => {
    const report = { status: "ok", version: "1", provider: "cpu", running: 1, waiting: 2 };
    standInForGpuWorker({ health: () => Response.json(report) });
    expect(await health()).toEqual({ status: "ok", gpuWorker: report });
  });

  it.each([
    ["is away", {}, /refused/],
    ["answers badly", { health: () => new Response(null, { status: 500 }) }, /500/],
    ["is something else", { health: () => Response.json({ hello: "world" }) }, /health report/],
  ])("is well itself while the gpu-worker %s", async (_what, standIn, reason) => {
    standInForGpuWorker(standIn);
    expect(await health()).toMatchObject({
      status: "ok",
      gpuWorker: { status: "away", reason: expect.stringMatching(reason) },
    });
  });
});

describe("an address where nothing is", () => {
  it("is a page for browsers and a problem for programs", async () => {
    const page = await request("/nowhere", { headers: { Accept: "text/html,*/*;q=0.8" } });
    expect(page.status).toBe(404);
    expect(page.headers.get("Content-Type")).toContain("text/html");
    expect(await page.text()).toContain("Page not found");
    for (const [path, accept] of [
      ["/nowhere", "*/*"],
      ["/v1/nowhere", "text/html"],
    ]) {
      const problem = await problemOf(await request(path!, { headers: { Accept: accept! } }));
      expect(problem).toMatchObject({ status: 404, type: "/problems/route-not-found" });
    }
  });
});
