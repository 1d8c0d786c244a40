import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Job } from "@lemons/shared/contract/job";
import { settingsOf } from "../env.ts";
import { isActive } from "../jobs/flight-record.ts";
import { ProblemError } from "../problems/problem.ts";
import { isTableKnown } from "../tables/store.ts";
import type { Asked } from "./asked.ts";
import { explainFromStoredTable } from "./from-table.ts";
import type { JobStatus } from "./job.ts";
import { findExplanation, findQuestion, type StoredExplanation, storeQuestion } from "./store.ts";

/** An explanation that is there, or the job that is making it. */
export type Found = StoredExplanation | { job: Job };

/** The object that every caller of one explanation shares. */
export const jobOf = (env: Env, id: ExplanationId) => env.EXPLANATION_JOBS.getByName(id);

/**
 * An explanation by its id. It is computed here where its question is known and its table is there.
 *
 * @throws ProblemError unknown-explanation, explanation-failed, input-unusable
 */
export async function findExplanationOrJob(env: Env, id: ExplanationId): Promise<Found> {
  const stored = await findExplanation(env.BUCKET, id);
  if (stored !== null) return stored;
  const status = await jobOf(env, id).status();
  if (status === null || !isActive(status.job)) {
    const asked = await findQuestion(env.BUCKET, id);
    const computed = asked && (await computeHere(env, asked));
    if (computed) return computed;
  }
  return afterJob(env, id, status);
}

/**
 * Answers a question: from the store, from its table if that is in the store, or by the one job
 * there is for it.
 *
 * @param waitMs how long to hold the answer for the job to end
 * @throws ProblemError explanation-failed, input-unusable where the job ends so while it is waited for
 */
export async function explain(env: Env, asked: Asked, waitMs: number): Promise<Found> {
  const stored = await findExplanation(env.BUCKET, asked.id);
  if (stored !== null) return stored;
  const computed = await computeHere(env, asked);
  if (computed !== null) return computed;
  const job = jobOf(env, asked.id);
  const started = await job.start(asked);
  if (waitMs === 0) return { job: started.job };
  return afterJob(env, asked.id, await job.settled(waitMs));
}

/**
 * A job by its id. One that is forgotten while its explanation is there counts as done.
 *
 * @throws ProblemError unknown-explanation
 */
export async function findJob(env: Env, id: ExplanationId): Promise<Job> {
  const status = await jobOf(env, id).status();
  if (status !== null) return status.job;
  const stored = await findExplanation(env.BUCKET, id);
  if (stored === null) throw new ProblemError({ kind: "unknown-explanation", id });
  return doneJob(stored.explanation, stored.storedAt);
}

async function computeHere(env: Env, asked: Asked): Promise<StoredExplanation | null> {
  if (settingsOf(env).EXPLAIN_AT !== "edge" || asked.table === null) return null;
  if (!(await isTableKnown(env.BUCKET, asked.table.id))) return null;
  // Before the explanation, so that whatever finds that finds what it answers.
  await storeQuestion(env.BUCKET, asked);
  const isStored = await explainFromStoredTable(env, asked);
  return isStored ? findExplanation(env.BUCKET, asked.id) : null;
}

async function afterJob(env: Env, id: ExplanationId, status: JobStatus | null): Promise<Found> {
  if (status === null) throw new ProblemError({ kind: "unknown-explanation", id });
  const { job, unusableInput } = status;
  if (isActive(job)) return { job };
  if (job.state === "failed") {
    const reason = job.reason ?? "no reason was given";
    throw new ProblemError(
      unusableInput
        ? { kind: "input-unusable", track: job.track, reason }
        : { kind: "explanation-failed", id, attempts: job.attempt, reason },
    );
  }
  // The job may have ended between the two looks.
  const stored = await findExplanation(env.BUCKET, id);
  if (stored === null) throw new ProblemError({ kind: "unknown-explanation", id });
  return stored;
}

function doneJob({ id, listener, track, relevance }: PublishedExplanation, at: Date): Job {
  return {
    id,
    listener,
    track,
    state: "done",
    attempt: 0,
    progress: null,
    relevance,
    reason: null,
    createdAt: at.toISOString(),
    updatedAt: at.toISOString(),
  };
}
