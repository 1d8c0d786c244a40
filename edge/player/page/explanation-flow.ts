import type { Job, Progress } from "@lemons/shared/contract/job";
import type { ExplanationApi } from "../api/explanation-api.ts";
import { progressFraction } from "../progress.ts";
import { createStore, type Store } from "../store.ts";
import { t } from "../texts/translate.ts";

/** How far one question is on its way to an answer. */
export type ExplanationState =
  | { kind: "idle" }
  | { kind: "starting" }
  | {
      kind: "running";
      progress: Progress | null;
      /** 0 to 1, never falling within one attempt. */
      fraction: number;
      attempt: number;
      /** Why the attempt before failed, or null. */
      reason: string | null;
    }
  | { kind: "ready" }
  | { kind: "failed"; reason: string };

/** One question: asked, followed, and asked again where it failed. */
export interface ExplanationFlow {
  readonly store: Store<ExplanationState>;
  /** Asks, or asks again. Settles once the answer is there, has failed, or the signal is aborted. */
  start(): Promise<void>;
}

/** The state after one more report of the job. */
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
 * Creates the flow of one question.
 *
 * @param signal ends everything the flow has under way
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
