import type { Job } from "@lemons/shared/contract/job";
import { describe, expect, it } from "vitest";
import type { ExplanationApi } from "../api/explanation-api.ts";
import { afterReport, createExplanationFlow, type ExplanationState } from "./explanation-flow.ts";

const job: Job = {
  id: `${"0".repeat(32)}-${"1".repeat(32)}`,
  listener: "ilse",
  track: "wesnoth-revelation",
  state: "running",
  attempt: 1,
  progress: { phase: "scoring", done: 5, total: 10 },
  relevance: null,
  reason: null,
  createdAt: "2026-11-22T10:00:00Z",
  updatedAt: "2026-11-22T10:00:00Z",
};

function apiOf(first: Job | null, reports: Job[]): ExplanationApi {
  return {
    request: () => Promise.resolve(first),
    follow: async (_job, onReport) => {
      for (const report of reports) onReport(report);
    },
  };
}

async function statesOf(api: ExplanationApi): Promise<ExplanationState[]> {
  const flow = createExplanationFlow(api, new AbortController().signal);
  const states: ExplanationState[] = [];
  flow.store.subscribe((state) => states.push(state));
  await flow.start();
  return states;
}

describe("createExplanationFlow", () => {
  it("is ready at once where the explanation is stored", async () => {
    const states = await statesOf(apiOf(null, []));
    expect(states.map((s) => s.kind)).toEqual(["starting", "ready"]);
  });

  it("follows a job to its end", async () => {
    const queued: Job = { ...job, state: "queued", progress: null };
    const states = await statesOf(apiOf(queued, [job, { ...job, state: "done" }]));
    expect(states.map((s) => s.kind)).toEqual(["starting", "running", "running", "ready"]);
  });

  it("fails with the job's reason and can be asked again", async () => {
    const failed: Job = { ...job, state: "failed", reason: "the worker is away" };
    const answers = [failed, { ...job, state: "done" as const }];
    const api: ExplanationApi = {
      request: () => Promise.resolve(job),
      follow: async (_job, onReport) => onReport(answers.shift()!),
    };
    const flow = createExplanationFlow(api, new AbortController().signal);
    await flow.start();
    expect(flow.store.get()).toEqual({ kind: "failed", reason: "the worker is away" });
    await flow.start();
    expect(flow.store.get()).toEqual({ kind: "ready" });
  });

  it("asks once, however often it is started", async () => {
    let requests = 0;
    const api: ExplanationApi = {
      request: () => {
        requests++;
        return Promise.resolve(null);
      },
      follow: () => Promise.resolve(),
    };
    const flow = createExplanationFlow(api, new AbortController().signal);
    await Promise.all([flow.start(), flow.start()]);
    expect(requests).toBe(1);
  });

  it("turns what the API throws into the reason, and stays silent once it is aborted", async () => {
    const controller = new AbortController();
    const api: ExplanationApi = {
      request: () => Promise.reject(new Error("no connection")),
      follow: () => Promise.resolve(),
    };
    const flow = createExplanationFlow(api, controller.signal);
    await flow.start();
    expect(flow.store.get()).toEqual({ kind: "failed", reason: "no connection" });
    const again = flow.start();
    controller.abort();
    await again;
    expect(flow.store.get()).toEqual({ kind: "starting" });
  });
});

describe("afterReport", () => {
  const running = afterReport({ kind: "starting" }, job);

  it("never moves the bar back within an attempt", () => {
    const earlier = { ...job, progress: { phase: "fetching" as const, done: 0, total: 1 } };
    const after = afterReport(running, earlier);
    expect(after).toMatchObject({ kind: "running", progress: earlier.progress });
    expect(after.kind === "running" && running.kind === "running" && after.fraction).toBe(
      running.kind === "running" ? running.fraction : Number.NaN,
    );
  });

  it("starts the bar again with the next attempt, and says why", () => {
    const second: Job = { ...job, attempt: 2, progress: null, reason: "the worker went away" };
    expect(afterReport(running, second)).toEqual({
      kind: "running",
      progress: null,
      fraction: 0,
      attempt: 2,
      reason: "the worker went away",
    });
  });
});
