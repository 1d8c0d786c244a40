import { retryDelayMs } from "../../worker/retry-delay.ts";
import type { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightRecord } from "./flight-record.ts";

/** Attempts of a run. Waiting for the gpu-worker takes none of them. */
export const MAX_ATTEMPTS = 5;
/** A computation that is cut off so often is taken to be the cause. */
const MAX_INTERRUPTIONS = 20;
/** The bound of a run, however often its computation is joined again. */
export const MAX_RUN_MS = 2 * 60 * 60 * 1000;

/** How long a flight waits for the gpu-worker, in milliseconds. */
export interface WaitingLimits {
  /** In line for it. */
  queueMs: number;
  /** For it to start, or to come back. */
  startMs: number;
}

/** The time and chance, which tests inject. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
}

export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), random: () => Math.random() };

/** The part of a record that a decision depends on. */
export type Tries = Pick<
  FlightRecord<unknown>,
  "attempts" | "queuedSince" | "awaySince" | "waits" | "interruptions" | "startedAt"
>;

/** The decision after a try without a result: the end, or another try after a delay. */
export type NextTry =
  | { kind: "fail"; reason: string }
  | { kind: "retry"; delayMs: number }
  | { kind: "wait"; delayMs: number; record: Partial<Tries> };

/**
 * Decides what follows a failure. A full queue, a gpu-worker that is away and a response that is cut
 * off mean waiting, up to a deadline each; any other failure takes one of {@link MAX_ATTEMPTS}.
 *
 * @param tries including the one that failed
 * @param wasComputing whether the gpu-worker had begun to compute
 */
export function decideNextTry(
  failure: WorkerFailure,
  tries: Tries,
  { wasComputing, limits, clock }: { wasComputing: boolean; limits: WaitingLimits; clock: Clock },
): NextTry {
  const now = clock.now();
  const { message: reason, waitFor, retryAfterMs } = failure;
  const delayMs = (failures: number) => retryDelayMs(failures, retryAfterMs, clock.random);
  if (now - Date.parse(tries.startedAt) > MAX_RUN_MS) {
    return { kind: "fail", reason: `Took longer than ${describe(MAX_RUN_MS)}. ${reason}` };
  }
  if (waitFor === null) {
    return failure.retryable && tries.attempts < MAX_ATTEMPTS
      ? { kind: "retry", delayMs: delayMs(tries.attempts) }
      : { kind: "fail", reason };
  }
  const waits = tries.waits + 1;
  const at = new Date(now).toISOString();
  if (waitFor === "queue") {
    const queuedSince = tries.queuedSince ?? at;
    return now - Date.parse(queuedSince) >= limits.queueMs
      ? { kind: "fail", reason: queueingTimedOut(limits) }
      : { kind: "wait", delayMs: delayMs(waits), record: { queuedSince, awaySince: null, waits } };
  }
  const awaySince = tries.awaySince ?? at;
  const interruptions = tries.interruptions + (wasComputing ? 1 : 0);
  if (now - Date.parse(awaySince) >= limits.startMs) {
    return { kind: "fail", reason: `${reason} Waited ${describe(limits.startMs)} for it.` };
  }
  if (interruptions >= MAX_INTERRUPTIONS) {
    return { kind: "fail", reason: `${reason} It was cut off ${interruptions} times.` };
  }
  return { kind: "wait", delayMs: delayMs(waits), record: { awaySince, waits, interruptions } };
}

/** The reason of a flight that stood in line for too long. */
export const queueingTimedOut = ({ queueMs }: WaitingLimits): string =>
  `Waited ${describe(queueMs)} in line for the gpu-worker. Ask again later.`;

function describe(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${seconds / 3600} hours`;
}
