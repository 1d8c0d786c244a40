import { describe, expect, it } from "vitest";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { decideNextTry, MAX_ATTEMPTS, MAX_RUN_MS, type Tries } from "./retry-policy.ts";

const LIMITS = { queueMs: 30 * 60_000, startMs: 5 * 60_000 };
const START = Date.parse("2026-01-01T00:00:00Z");
const iso = (ms: number) => new Date(START + ms).toISOString();

const triesOf = (change: Partial<Tries> = {}): Tries => ({
  attempts: 1,
  queuedSince: null,
  awaySince: null,
  waits: 0,
  interruptions: 0,
  startedAt: iso(0),
  ...change,
});

const failure = (options: Partial<ConstructorParameters<typeof WorkerFailure>[1]> = {}) =>
  new WorkerFailure("It failed.", { retryable: true, ...options });

function decide(
  failed: WorkerFailure,
  tries: Tries,
  { at = 0, random = 0.5, wasComputing = false } = {},
) {
  const clock = { now: () => START + at, random: () => random };
  return decideNextTry(failed, tries, { wasComputing, limits: LIMITS, clock });
}

describe("decideNextTry", () => {
  it("retries a failed attempt up to the last", () => {
    expect(decide(failure(), triesOf())).toEqual({ kind: "retry", delayMs: 1000 });
    expect(decide(failure(), triesOf({ attempts: MAX_ATTEMPTS }))).toEqual({
      kind: "fail",
      reason: "It failed.",
    });
    expect(decide(failure({ retryable: false }), triesOf()).kind).toBe("fail");
  });

  it.each(["queue", "away"] as const)("takes no attempt for waiting (%s)", (waitFor) => {
    const next = decide(failure({ waitFor }), triesOf({ attempts: MAX_ATTEMPTS }));
    expect(next.kind).toBe("wait");
  });

  it("waits half an hour in line and no longer", () => {
    const tries = triesOf({ queuedSince: iso(0) });
    const full = failure({ waitFor: "queue" });
    expect(decide(full, tries, { at: LIMITS.queueMs - 1 }).kind).toBe("wait");
    expect(decide(full, tries, { at: LIMITS.queueMs })).toEqual({
      kind: "fail",
      reason: "Waited 30 minutes in line for the gpu-worker. Ask again later.",
    });
  });

  it("waits five minutes for a gpu-worker that is away and no longer", () => {
    const tries = triesOf({ awaySince: iso(0) });
    const away = failure({ waitFor: "away" });
    expect(decide(away, tries, { at: LIMITS.startMs - 1 }).kind).toBe("wait");
    expect(decide(away, tries, { at: LIMITS.startMs })).toEqual({
      kind: "fail",
      reason: "It failed. Waited 5 minutes for it.",
    });
  });

  it("starts its clocks with the first refusal", () => {
    expect(decide(failure({ waitFor: "away" }), triesOf(), { at: 1000 })).toMatchObject({
      record: { awaySince: iso(1000), waits: 1 },
    });
    // A refusal is an answer: the gpu-worker is there.
    const tries = triesOf({ awaySince: iso(0) });
    expect(decide(failure({ waitFor: "queue" }), tries, { at: 1000 })).toMatchObject({
      record: { queuedSince: iso(1000), awaySince: null, waits: 1 },
    });
  });

  it("backs off with jitter on top of what the gpu-worker asked for", () => {
    const full = failure({ waitFor: "queue", retryAfterMs: 10_000 });
    const delays = [0, 0.25, 0.999].map((random) =>
      decide(full, triesOf({ waits: 3 }), { random }),
    );
    expect(delays).toMatchObject([{ delayMs: 10_000 }, { delayMs: 14_000 }, { delayMs: 25_984 }]);
  });

  it("gives up a computation that is cut off again and again", () => {
    const cut = failure({ waitFor: "away" });
    const often = triesOf({ interruptions: 18 });
    expect(decide(cut, often, { wasComputing: true })).toMatchObject({
      kind: "wait",
      record: { interruptions: 19 },
    });
    expect(decide(cut, { ...often, interruptions: 19 }, { wasComputing: true }).kind).toBe("fail");
    expect(decide(cut, { ...often, interruptions: 19 }).kind).toBe("wait");
  });

  it("ends every run after two hours", () => {
    const late = decide(failure({ waitFor: "queue" }), triesOf(), { at: MAX_RUN_MS + 1 });
    expect(late).toEqual({ kind: "fail", reason: "Took longer than 2 hours. It failed." });
  });
});
