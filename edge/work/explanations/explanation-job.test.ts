import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import {
  explainSlowly,
  explainWell,
  lines,
  type StandIn,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { resultLine } from "../../test/misbehaving-gpu-worker.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { MAX_ATTEMPTS } from "../flight/retry-policy.ts";
import { explanationJobOf } from "./explanation-job.ts";
import { isExplained } from "./explanation-store.ts";
import type { ExplanationTask } from "./explanation-task.ts";
import { resolveTask } from "./resolve-task.ts";

type Explain = NonNullable<StandIn["explain"]>;

let questions = 0;

/** A question that no other test asks. */
function newRequest(): ExplanationRequest {
  return {
    listener: ListenerId.parse("abel"),
    track: TrackId.parse("delta"),
    type: "time",
    neighbourhood: { kind: "sampled", samples: 64, seed: 1000 + questions++ },
    segments: 5,
    kernelWidth: 0.25,
    featureSelection: "none",
    target: "relevance",
  };
}

const MAX_ALARMS = 3 * MAX_ATTEMPTS;

/** Starts a job and runs its alarms, without the waiting between, until nothing is left to do. */
async function runToEnd(task: ExplanationTask): Promise<void> {
  const job = explanationJobOf(env, task.id);
  await job.start(task);
  for (let i = 0; i < MAX_ALARMS && (await isUnfinished(task)); i++) {
    await runDurableObjectAlarm(job);
  }
}

async function isUnfinished({ id }: ExplanationTask): Promise<boolean> {
  const status = await explanationJobOf(env, id).status();
  return status?.job.state === "queued" || status?.job.state === "running";
}

/** True until the first attempt has ended. */
async function isUntried({ id }: ExplanationTask): Promise<boolean> {
  const job = (await explanationJobOf(env, id).status())?.job;
  return job?.reason === null && (job.state === "queued" || job.state === "running");
}

const newQuestion = () => resolveTask(env, newRequest());

/** Responds badly the first time, and well from then on. */
const firstThenWell =
  (first: Explain): Explain =>
  (task, call) =>
    (call === 1 ? first : explainWell)(task, call);

const problemLine = (status: number, detail: string) => ({
  kind: "problem",
  problem: { type: "/problems/x", title: "X", status, detail },
});

const HOURS_OF_HEARTBEATS = new Array<object>(2000).fill({ kind: "heartbeat" });

beforeAll(() => seed());
// Retries come as late as possible, so that a test decides when.
beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a worker that fails once", () => {
  // One of each kind: worker/worker-misbehaviour.test.ts has them all.
  const failures: [string, number, Explain, RegExp][] = [
    ["starts", 1, () => new Response(null, { status: 503 }), /answered 503/],
    ["is full", 1, () => new Response(null, { status: 429 }), /answered 429/],
    ["is away", 1, () => Promise.reject(new TypeError("refused")), /away/],
    ["breaks off", 1, () => lines([{ kind: "heartbeat" }], { end: "break" }), /broke off/],
    [
      "contradicts itself",
      2,
      async (task) => lines([await resultLine(task, { ranking: [99] })]),
      /ranking/,
    ],
    ["reports a fault of its own", 2, () => lines([problemLine(500, "It broke.")]), /It broke/],
  ];

  it.each(failures)(
    "and %s is asked again, in attempt %i",
    async (_what, attempt, fail, reason) => {
      const task = await newQuestion();
      const calls = standInForGpuWorker({ explain: firstThenWell(fail) });
      const job = explanationJobOf(env, task.id);
      await job.start(task);
      for (let i = 0; i < MAX_ALARMS && (await isUntried(task)); i++) {
        await runDurableObjectAlarm(job);
      }
      expect(await job.status()).toMatchObject({ job: { state: "queued", attempt: 1 } });
      expect((await job.status())?.job.reason).toMatch(reason);
      expect(await isExplained(env.BUCKET, task.id)).toBe(false);

      await runToEnd(task);
      expect(await job.status()).toMatchObject({ job: { state: "done", attempt, reason: null } });
      expect(await isExplained(env.BUCKET, task.id)).toBe(true);
      expect(calls.explain).toHaveLength(2);
    },
  );
});

describe("a worker that never gives a result", () => {
  it("is given up after five attempts, with the reason, and a later POST starts again", async () => {
    const body = newRequest();
    const task = await resolveTask(env, body);
    const calls = standInForGpuWorker({ explain: () => lines([problemLine(500, "It broke.")]) });
    await runToEnd(task);
    expect(calls.explain).toHaveLength(MAX_ATTEMPTS);
    const answer = await problemOf(await request(`/v1/explanations/${task.id}`));
    expect(answer).toMatchObject({ status: 502, type: "/problems/explanation-failed" });
    expect(answer.detail).toMatch(/5 attempts.*It broke.*to try again/);

    standInForGpuWorker({ explain: explainWell });
    const again = await post("/v1/explanations", body, { Prefer: "wait=10" });
    expect(again.status).toBe(200);
    const { job } = (await explanationJobOf(env, task.id).status())!;
    expect(job).toMatchObject({ state: "done", attempt: 1, reason: null });
  });

  it("is not asked again if the input can't be processed", async () => {
    const task = await newQuestion();
    const calls = standInForGpuWorker({
      explain: () => lines([problemLine(422, "Zero samples after decoding.")]),
    });
    await runToEnd(task);
    expect(calls.explain).toHaveLength(1);
    const answer = await problemOf(await request(`/v1/explanations/${task.id}`));
    expect(answer).toMatchObject({ status: 422, type: "/problems/input-unusable" });
    expect(answer.detail).toContain("Zero samples after decoding.");
  });

  it("is not asked again if it refuses the request", async () => {
    const task = await newQuestion();
    const refusal = JSON.stringify({ ...problemLine(401, "Wrong secret.").problem });
    const headers = {
      "Content-Type": "application/problem+json",
      "Content-Length": String(refusal.length),
    };
    const calls = standInForGpuWorker({
      explain: () => new Response(refusal, { status: 401, headers }),
    });
    await runToEnd(task);
    expect(calls.explain).toHaveLength(1);
    expect((await explanationJobOf(env, task.id).status())?.job).toMatchObject({
      state: "failed",
      reason: "The gpu-worker answered 401: Wrong secret.",
    });
  });
});

describe("a computation that outlasts an alarm", () => {
  afterEach(() => vi.useRealTimers());

  it("is left after ten minutes and joined by the next alarm, in the same attempt", async () => {
    const task = await newQuestion();
    const job = explanationJobOf(env, task.id);
    standInForGpuWorker({});
    await job.start(task);
    await vi.waitFor(async () => expect((await job.status())?.job.reason).toMatch(/away/));

    const calls = standInForGpuWorker({
      explain: (request, call) =>
        call === 1 ? lines(HOURS_OF_HEARTBEATS, { delayMs: 5000 }) : explainWell(request, call),
    });
    await runInDurableObject(job, async (instance, { storage }) => {
      // The next attempt is seconds away: it is made here, where the clock can be turned.
      await storage.deleteAlarm();
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const attempt = instance.alarm();
      await vi.advanceTimersByTimeAsync(10 * 60 * 1000 + 1);
      await attempt;
      vi.useRealTimers();
    });
    expect((await job.settled(5000))?.job).toMatchObject({ state: "done", attempt: 1 });
    expect(calls.explain.map((request) => request.id)).toEqual([task.id, task.id]);
  });
});

describe("a job that is on its way", () => {
  it("is joined by later callers", async () => {
    const body = newRequest();
    const task = await resolveTask(env, body);
    const calls = standInForGpuWorker({ explain: explainSlowly(100) });
    const job = explanationJobOf(env, task.id);
    const { job: first } = await job.start(task);
    await vi.waitFor(async () => {
      expect((await job.status())?.job.progress?.phase).toBe("scoring");
    });
    const again = await job.start(task);
    expect(again.job).toMatchObject({ state: "running", createdAt: first.createdAt });
    await job.settled(5000);
    expect(calls.explain).toHaveLength(1);
  });
});

describe("a restart of the edge", () => {
  it("continues a job that was waiting", async () => {
    const task = await newQuestion();
    standInForGpuWorker({});
    const job = explanationJobOf(env, task.id);
    await job.start(task);
    await runDurableObjectAlarm(job);
    const before = (await job.status())?.job;
    await evictDurableObject(job);
    expect((await job.status())?.job).toEqual(before);

    standInForGpuWorker({ explain: explainWell });
    await runToEnd(task);
    expect((await job.status())?.job.state).toBe("done");
  });

  it("notices an explanation that was stored just before, without calling the worker", async () => {
    const task = await newQuestion();
    standInForGpuWorker({});
    const job = explanationJobOf(env, task.id);
    await job.start(task);
    await env.BUCKET.put(`explanations/${task.id}/explanation.json`, "{}");
    const calls = standInForGpuWorker({ explain: explainWell });
    await runDurableObjectAlarm(job);
    expect((await job.status())?.job.state).toBe("done");
    expect(calls.explain).toHaveLength(0);
  });
});
