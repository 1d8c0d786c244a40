import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import {
  buildWell,
  lines,
  renderSlowly,
  renderWell,
  type StandIn,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { awaitRendering, renderJobOf } from "./render-job.ts";

const SECONDS = 1000;
let kernels = 0;

/** Requests an explanation that no other test requests; its audio is not rendered yet. */
async function newExplanation(render: StandIn["render"]) {
  const calls = standInForGpuWorker({ table: buildWell, ...(render ? { render } : {}) });
  const body = {
    listener: "zoe",
    track: "charlie",
    type: "time+source",
    segments: 2,
    kernelWidth: 0.1 + 0.01 * kernels++,
  };
  const response = await post("/v1/explanations", body, { Prefer: "wait=20" });
  return { calls, explanation: PublishedExplanation.parse(await response.json()) };
}

/** Returns the calls for this explanation's audio: an earlier test's job may still be running. */
const rendersOf = ({ calls, explanation }: Awaited<ReturnType<typeof newExplanation>>) =>
  calls.render.filter(({ id }) => id === explanation.id);

const audioOf = ({ id }: { id: string }, name = "top-1") =>
  request(`/v1/explanations/${id}/audio/${name}`);

beforeAll(() => seed());
beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the audio of an explanation computed at the edge", () => {
  it("is rendered once, however many ask for it, and from then on served", async () => {
    const task = await newExplanation(renderSlowly(100));
    const { explanation } = task;
    expect(explanation.highlights.map(({ audio }) => audio)).toEqual([null, null]);
    const three = await Promise.all([
      audioOf(explanation),
      audioOf(explanation),
      audioOf(explanation, "top-3"),
    ]);
    for (const response of three) {
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toBe("audio/mpeg");
      expect(new TextDecoder().decode(await response.bytes())).toBe("as good as an mp3 file");
    }
    expect(rendersOf(task)).toHaveLength(1);
    expect(rendersOf(task)[0]).toMatchObject({
      separator: "dsp",
      segments: 2,
      type: "time+source",
      components: explanation.components,
    });
    standInForGpuWorker({});
    expect((await audioOf(explanation)).status).toBe(200);
  });

  it("is rendered before the first request for it", async () => {
    const task = await newExplanation(renderWell);
    const { explanation } = task;
    await renderJobOf(env, explanation.id).settled(5 * SECONDS);
    expect(rendersOf(task)).toHaveLength(1);
    expect(await env.BUCKET.head(`explanations/${explanation.id}/top-3.mp3`)).not.toBeNull();
  });

  it("is waited for no longer than requested", async () => {
    const { explanation } = await newExplanation(renderSlowly(400));
    await expect(awaitRendering(env, explanation, 50, "request-1")).rejects.toMatchObject({
      failure: { kind: "audio-not-ready" },
    });
    await renderJobOf(env, explanation.id).settled(5 * SECONDS);
  });

  it("is rendered again if the worker did not store it", async () => {
    const forgetful = await newExplanation((task, call) =>
      call === 1 ? lines([{ kind: "result", highlights: [] }]) : renderWell(task, call),
    );
    const { explanation } = forgetful;
    const job = renderJobOf(env, explanation.id);
    await vi.waitFor(async () => {
      expect((await job.status())?.job.reason).toMatch(/rendered top-1 but did not store/);
    });
    await runDurableObjectAlarm(job);
    expect((await audioOf(explanation)).status).toBe(200);
    expect(rendersOf(forgetful)).toHaveLength(2);
  });

  it.each([
    [500, 502, "/problems/audio-failed"],
    [422, 422, "/problems/input-unusable"],
  ])("whose rendering ends with %i is answered with %i", async (status, answered, type) => {
    const problem = { type: "/problems/x", title: "X", status, detail: "No stem." };
    const { explanation } = await newExplanation(() => lines([{ kind: "problem", problem }]));
    const job = renderJobOf(env, explanation.id);
    for (let i = 0; i < 12 && (await job.status())?.job.state !== "failed"; i++) {
      if (!(await runDurableObjectAlarm(job))) await job.settled(20);
    }
    await job.start({ id: explanation.id });
    const answer = audioOf(explanation);
    for (let i = 0; i < 12 && (await job.status())?.job.state !== "failed"; i++) {
      if (!(await runDurableObjectAlarm(job))) await job.settled(20);
    }
    const got = await problemOf(await answer);
    expect(got).toMatchObject({ status: answered, type });
    expect(got.detail).toContain("No stem.");
  });
});
