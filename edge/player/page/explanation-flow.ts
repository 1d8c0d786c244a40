import type { Job, Progress } from "@lemons/shared/contract/job";
import type { ExplanationApi } from "../api/explanation-api.ts";
import { createStore, type Store } from "../store.ts";
import { t } from "../texts/translate.ts";

/** State of an explanation request. */
export type ExplanationState =
  | { kind: "idle" }
  | { kind: "starting" }
  | {
      kind: "running";
      progress: Progress | null;
      /** Completed share, 0 to 1; never falls within one attempt. */
      fraction: number;
      attempt: number;
      /** Reason why the previous attempt failed, or null. */
      reason: string | null;
    }
  | { kind: "ready" }
  | { kind: "failed"; reason: string };

/** An explanation request that is followed and can be retried. */
export interface ExplanationFlow {
  readonly store: Store<ExplanationState>;
  /** Sends or retries the request. Resolves once it has succeeded, failed or been aborted. */
  start(): Promise<void>;
}

/** Returns the state after a report of the job. */
export function afterReport(before: ExplanationState, job: Job): ExplanationState {
  if (job.state === "done") return { kind: "ready" };
  if (job.state === "failed") {
    return { kind: "failed", reason: job.reason ?? t("problem.unknown") };
  }
  const sameAttempt = before.kind === "running" && before.attempt === job.attempt;
  const floor = sameAttempt ? before.fraction : 0;
  const reached = job.progress === null ? 0 : progressFraction(job.progress);
  return {
    kind: "running",
    progress: job.progress,
    fraction: Math.max(floor, reached),
    attempt: job.attempt,
    reason: job.reason,
  };
}

/**
 * Creates the flow of one explanation request.
 *
 * @param signal aborts pending requests
 */
export function createExplanationFlow(api: ExplanationApi, signal: AbortSignal): ExplanationFlow {
  const store = createStore<ExplanationState>({ kind: "idle" });

  async function start(): Promise<void> {
    const { kind } = store.get();
    if (kind === "starting" || kind === "running") return;
    store.set({ kind: "starting" });
    try {
      const job = await api.request(signal);
      if (job === null) {
        store.set({ kind: "ready" });
        return;
      }
      store.set(afterReport(store.get(), job));
      await api.follow(job, (report) => store.set(afterReport(store.get(), report)), signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : t("problem.unknown");
      store.set({ kind: "failed", reason });
    }
  }

  return { store, start };
}

type Phase = Progress["phase"];

/** End of each phase on the progress bar. Scoring takes most of the time. */
const PHASE_ENDS: readonly (readonly [Phase, number])[] = [
  ["waiting", 0.02],
  ["fetching", 0.05],
  ["decoding", 0.08],
  ["separating", 0.2],
  ["scoring", 0.92],
  ["fitting", 0.95],
  ["storing", 1],
];

/** Returns the completed share of a job, 0 to 1. */
export function progressFraction({ phase, done, total }: Progress): number {
  const position = PHASE_ENDS.findIndex(([name]) => name === phase);
  const start = position === 0 ? 0 : PHASE_ENDS[position - 1]![1];
  const end = PHASE_ENDS[position]![1];
  const within = total > 0 ? Math.min(1, done / total) : 0;
  return start + (end - start) * within;
}

/** Returns the text of the current phase; null is a job that has not started. */
export function phaseWords(progress: Progress | null): string {
  return progress === null ? t("phase.queued") : t(`phase.${progress.phase}`);
}

/** Returns the count of the current phase, "12 of 240", or null if the phase has no steps. */
export function countWords(progress: Progress | null): string | null {
  if (progress === null || progress.total <= 1) return null;
  const { done, total } = progress;
  return t("phase.count", { done, total });
}
