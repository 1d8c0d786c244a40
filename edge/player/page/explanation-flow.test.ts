import { ExplanationId, ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { type Job, Progress } from "@lemons/shared/contract/job";
import { describe, expect, it } from "vitest";
import type { ExplanationApi } from "../api/explanation-api.ts";
import {
  afterReport,
  countWords,
  createExplanationFlow,
  type ExplanationState,
  phaseWords,
  progressFraction,
} from "./explanation-flow.ts";

const job: Job = {
  id: ExplanationId.parse(`${"0".repeat(32)}-${"1".repeat(32)}`),
  listener: ListenerId.parse("ilse"),
  track: TrackId.parse("wesnoth-revelation"),
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
  it("is ready at once if the explanation is stored", async () => {
    const states = await statesOf(apiOf(null, []));
    expect(states.map((s) => s.kind)).toEqual(["starting", "ready"]);
  });

  it("follows a job to its end", async () => {
    const queued: Job = { ...job, state: "queued", progress: null };
    const states = await statesOf(apiOf(queued, [job, { ...job, state: "done" }]));
    expect(states.map((s) => s.kind)).toEqual(["starting", "running", "running", "ready"]);
  });

  it("fails with the job's reason and can be retried", async () => {
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

  it("sends one request for concurrent starts", async () => {
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

  it("reports an error of the API, but not an abort", async () => {
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

  it("never lowers the fraction within an attempt", () => {
    const earlier = { ...job, progress: { phase: "fetching" as const, done: 0, total: 1 } };
    const after = afterReport(running, earlier);
    expect(after).toMatchObject({ kind: "running", progress: earlier.progress });
    expect(after.kind === "running" && running.kind === "running" && after.fraction).toBe(
      running.kind === "running" ? running.fraction : Number.NaN,
    );
  });

  it("resets the fraction for the next attempt and keeps the reason", () => {
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

const phases = Progress.shape.phase.options;

describe("progressFraction", () => {
  it("grows from 0 to 1 through all phases of the contract", () => {
    const fractions = phases.flatMap((phase) =>
      [0, 1, 2].map((done) => progressFraction({ phase, done, total: 2 })),
    );
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  it("ignores the steps of a phase without a total and never exceeds 1", () => {
    const start = progressFraction({ phase: "scoring", done: 3, total: 0 });
    expect(start).toBe(progressFraction({ phase: "scoring", done: 0, total: 10 }));
    expect(progressFraction({ phase: "storing", done: 9, total: 3 })).toBe(1);
  });
});

describe("phaseWords", () => {
  it("has a text for every phase and for none", () => {
    const words = [null, ...phases.map((phase) => ({ phase, done: 0, total: 0 }))].map(phaseWords);
    expect(new Set(words).size).toBe(phases.length + 1);
    for (const text of words) expect(text).toMatch(/^[A-Z][a-z]/);
  });
});

describe("countWords", () => {
  it("counts the steps of a phase", () => {
    expect(countWords({ phase: "scoring", done: 12, total: 240 })).toBe("12 of 240");
    expect(countWords({ phase: "fitting", done: 0, total: 1 })).toBeNull();
    expect(countWords({ phase: "waiting", done: 0, total: 0 })).toBeNull();
    expect(countWords(null)).toBeNull();
  });
});
