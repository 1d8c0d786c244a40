import { env } from "cloudflare:workers";
import { Job } from "@lemons/shared/contract/job";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import { explainSlowly, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { explanationJobOf } from "../../work/explanations/explanation-job.ts";

beforeAll(() => seed());
afterEach(() => vi.unstubAllGlobals());

describe("the parts of an explanation", () => {
  it.each(["audio/top-1", "table"])("return 503 until it is computed: %s", async (part) => {
    standInForGpuWorker({ explain: explainSlowly(400) });
    const accepted = await post("/v1/explanations", {
      listener: "zoe",
      track: "delta",
      type: "time",
      neighbourhood: { kind: "sampled", samples: 64, seed: part.length },
    });
    const { id } = Job.parse(await accepted.json());
    const early = await request(`/v1/explanations/${id}/${part}`);
    expect(early.headers.get("Retry-After")).toBe("2");
    expect(await problemOf(early)).toMatchObject({
      status: 503,
      type: "/problems/explanation-not-ready",
    });
    await explanationJobOf(env, id).settled(5000);
    // Masks were sampled, so the explanation has audio but no table.
    const late = await request(`/v1/explanations/${id}/${part}`);
    expect(late.status).toBe(part === "table" ? 404 : 200);
    await late.bytes();
  });

  it.each(["audio/top-1", "table"])("return 404 for an unknown explanation: %s", async (part) => {
    const id = `${"0".repeat(32)}-${"2".repeat(32)}`;
    const response = await request(`/v1/explanations/${id}/${part}`);
    expect(await problemOf(response)).toMatchObject({
      status: 404,
      type: "/problems/unknown-explanation",
    });
  });
});
