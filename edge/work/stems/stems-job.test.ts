import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import {
  buildWell,
  lines,
  renderStemsWell,
  renderWell,
  type StandIn,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { resolveTask } from "../explanations/resolve-task.ts";
import { awaitStems, stemsJobOf, stemsTaskOf } from "./stems-job.ts";

const DAY = 24 * 60 * 60;

/** An explanation of a track, whose sources the worker renders as told. */
async function explained(track: string, stems: StandIn["stems"], more: object = {}) {
  const calls = standInForGpuWorker({
    table: buildWell,
    render: renderWell,
    ...(stems ? { stems } : {}),
  });
  const body = { listener: "zoe", track, type: "time+source", segments: 2, ...more };
  const response = await post("/v1/explanations", body, { Prefer: "wait=20" });
  expect(response.status).toBe(200);
  return { calls, explanation: PublishedExplanation.parse(await response.json()) };
}

const stemOf = ({ id }: { id: string }, source: string, headers: Record<string, string> = {}) =>
  request(`/v1/explanations/${id}/stems/${source}`, { headers });

async function forget(): Promise<void> {
  const { objects } = await env.BUCKET.list({ prefix: "stems/" });
  const rendered = objects.filter(({ key }) => key.endsWith(".mp3"));
  await Promise.all(rendered.map(({ key }) => env.BUCKET.delete(key)));
}

beforeAll(() => seed());
beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await forget();
});

describe("GET /v1/explanations/{explanation}/stems/{source}", () => {
  it("renders all sources of a track once, for every caller and explanation", async () => {
    const { calls, explanation } = await explained("charlie", renderStemsWell);
    const sources = ["vocals", "piano", "drums", "bass", "other"];
    const answers = await Promise.all(sources.map((source) => stemOf(explanation, source)));
    for (const [i, response] of answers.entries()) {
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toBe("audio/mpeg");
      expect(response.headers.get("Cache-Control")).toContain(`max-age=${365 * DAY}`);
      expect(new TextDecoder().decode(await response.bytes())).toBe(sources[i]);
    }
    const { explanation: other } = await explained("charlie", undefined, { kernelWidth: 0.5 });
    expect((await stemOf(other, "drums.mp3")).status).toBe(200);
    expect(calls.stems).toHaveLength(1);
    expect(calls.stems[0]).toMatchObject({ separator: "dsp" });
    expect(Object.keys(calls.stems[0]!.outputs)).toEqual(sources);
  });

  it("serves ranges and conditional requests", async () => {
    const { explanation } = await explained("charlie", renderStemsWell);
    const part = await stemOf(explanation, "drums", { Range: "bytes=1-2" });
    expect(part.status).toBe(206);
    expect(part.headers.get("Content-Range")).toBe("bytes 1-2/5");
    expect(new TextDecoder().decode(await part.bytes())).toBe("ru");
    const etag = part.headers.get("ETag")!;
    expect((await stemOf(explanation, "drums", { "If-None-Match": etag })).status).toBe(304);
    expect((await stemOf(explanation, "drums", { Range: "bytes=9-" })).status).toBe(416);
  });

  it("lists the existing sources for an unknown one", async () => {
    const { explanation } = await explained("charlie", renderStemsWell);
    const problem = await problemOf(await stemOf(explanation, "kazoo"));
    expect(problem).toMatchObject({ status: 404, type: "/problems/missing-stem" });
    expect(problem.detail).toContain("vocals, piano, drums, bass, other");
    expect((await stemOf(explanation, "../x")).status).toBe(404);
    const unknownId = `${"0".repeat(32)}-${"0".repeat(32)}`;
    expect((await stemOf({ id: unknownId }, "drums")).status).toBe(404);
  });

  it("tries again if the worker stored no source, or sources of different lengths", async () => {
    const { calls, explanation } = await explained("charlie", async (task, call) => {
      if (call === 1) return lines([{ kind: "result", stems: [] }]);
      if (call > 2) return renderStemsWell(task, call);
      const facts = { sampleRate: 44_100, channels: 2 };
      const stems = Object.keys(task.outputs).map((source, i) => {
        return { source, ...facts, samples: 1000 + i };
      });
      return lines([{ kind: "result", stems }]);
    });
    const task = stemsTaskOf(await questionOf(explanation))!;
    const job = stemsJobOf(env, task.id);
    await job.start(task);
    await vi.waitFor(async () => {
      expect((await job.status())?.job.reason).toMatch(/did not store the source vocals/);
    });
    await runDurableObjectAlarm(job);
    await vi.waitFor(async () => {
      expect((await job.status())?.job.reason).toMatch(/different lengths/);
    });
    await runDurableObjectAlarm(job);
    expect((await stemOf(explanation, "bass")).status).toBe(200);
    expect(calls.stems).toHaveLength(3);
  });

  it("waits no longer than requested, and reports why it failed", async () => {
    const problem = { type: "/problems/x", title: "X", status: 422, detail: "No sound." };
    const gate = Promise.withResolvers<void>();
    const { explanation } = await explained("charlie", async () => {
      await gate.promise;
      return lines([{ kind: "problem", problem }]);
    });
    const task = stemsTaskOf(await questionOf(explanation))!;
    await expect(awaitStems(env, task, explanation, 20, "request-1")).rejects.toMatchObject({
      failure: { kind: "audio-not-ready" },
    });
    gate.resolve();
    expect(await problemOf(await stemOf(explanation, "bass"))).toMatchObject({
      status: 422,
      type: "/problems/input-unusable",
    });
  });
});

function questionOf({ listener, track, type, kernelWidth }: PublishedExplanation) {
  const question = { listener, track, type, kernelWidth, segments: 2 } as const;
  const rest = { featureSelection: "none", target: "relevance" } as const;
  return resolveTask(env, { ...question, ...rest });
}
