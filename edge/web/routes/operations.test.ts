import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { recordUsage } from "../../access/usage.ts";
import { seed } from "../../test/catalogue.ts";
import { standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { makeKey } from "../../test/keys.ts";
import { problemOf, request } from "../../test/request.ts";

beforeAll(() => seed());

describe("GET /healthz", () => {
  it("responds without calling the gpu-worker or a store", async () => {
    const { sent } = standInForGpuWorker({});
    const prepare = vi.spyOn(env.DB, "prepare");
    try {
      const response = await request("/healthz");
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await response.json()).toEqual({ status: "ok" });
      expect(prepare).not.toHaveBeenCalled();
      expect(sent).toEqual([]);
    } finally {
      vi.restoreAllMocks();
      vi.unstubAllGlobals();
    }
  });
});

describe("GET /v1/health", () => {
  it("requires an admin key", async () => {
    expect((await problemOf(await request("/v1/health"))).status).toBe(401);
    const { headers } = await makeKey(["read", "explain", "upload"]);
    expect((await problemOf(await request("/v1/health", { headers }))).status).toBe(403);
  });

  it("reports the gpu-worker's last recorded work without calling it", async () => {
    const { headers } = await makeKey(["admin"]);
    const { sent } = standInForGpuWorker({});
    const health = async () => (await request("/v1/health", { headers })).json();
    const stores = { database: "ok", objectStore: "ok" };
    try {
      expect(await health()).toEqual({ ...stores, gpuWorker: { lastActiveDay: null } });
      vi.setSystemTime("2031-05-06T07:08:09Z");
      await recordUsage(env.DB, new Map([["gpuSeconds", 1.5]]));
      vi.useRealTimers();
      const lastActiveDay = "2031-05-06";
      expect(await health()).toEqual({ ...stores, gpuWorker: { lastActiveDay } });
      expect(sent).toEqual([]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("an unknown path", () => {
  it("returns a page to browsers and a problem to programs", async () => {
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
