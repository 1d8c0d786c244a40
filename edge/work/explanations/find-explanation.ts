import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Job } from "@lemons/shared/contract/job";
import { type Caller, maySee } from "../../access/caller.ts";
import { chargePayer, releasePayer } from "../../access/payer.ts";
import { COUNTING_SECONDS, priceSeconds } from "../../access/price.ts";
import type { Spending } from "../../access/spend.ts";
import { countUsage } from "../../access/usage.ts";
import { settingsOf } from "../../base/env.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import { isActive } from "../flight/flight-record.ts";
import { tableAtHand } from "../tables/table-at-hand.ts";
import { isTableKnown } from "../tables/table-store.ts";
import { announce, newDeliveryId } from "../webhooks/announce.ts";
import type { Receiver } from "../webhooks/receiver.ts";
import { explainFromStoredTable } from "./explain-from-table.ts";
import type { ExplanationStatus } from "./explanation-job.ts";
import {
  findExplanation,
  findQuestion,
  type StoredExplanation,
  storeQuestion,
} from "./explanation-store.ts";
import { type ExplanationTask, ownershipOf } from "./explanation-task.ts";
import { recordPrivateArtefacts } from "./private-artefacts.ts";

/** An explanation that is there, or the job that is making it. */
export type Found = StoredExplanation | { job: Job };

/** The object that every caller of one explanation shares. */
export const explanationJobOf = (env: Env, id: ExplanationId) => env.EXPLANATION_JOBS.getByName(id);

/**
 * An explanation by its id. It is computed here where its question is known and its table is there.
 *
 * @throws ProblemError unknown-explanation, explanation-failed, input-unusable
 */
export async function findExplanationOrJob(
  env: Env,
  id: ExplanationId,
  { caller, requestId }: { caller: Caller; requestId: string },
): Promise<Found> {
  const stored = await findVisibleExplanation(env, id, caller);
  if (stored !== null) return counted(env, stored);
  const task = await findQuestion(env.BUCKET, id);
  if (task !== null && !maySee(caller, ownershipOf(task))) throw unknown(id);
  const status = await explanationJobOf(env, id).status();
  if (status === null || !isActive(status.job)) {
    // Whoever asked the question has paid for its answer.
    const computed = task && (await computeHere(env, task, { requestId, payer: null }));
    if (computed) return computed;
  }
  return afterJob(env, id, status);
}

/**
 * Answers a question: from the store, from its table if that is in the store, or by the one job
 * there is for it.
 *
 * @param waitMs how long to hold the answer for the job to end
 * @param spending where it is to be paid for: what is stored, or under way already, costs nothing
 * @param receiver who else is told of the end
 * @throws ProblemError explanation-failed, input-unusable where the job ends so while it is waited for;
 *   whatever `spending` throws
 */
export async function explain(
  env: Env,
  task: ExplanationTask,
  waitMs: number,
  spending: Spending,
  receiver: Receiver | null = null,
): Promise<Found> {
  const stored = await findExplanation(env.BUCKET, task.id);
  if (stored !== null) return told(env, receiver, counted(env, stored));
  const { requestId } = spending;
  const job = explanationJobOf(env, task.id);
  const running = await job.status();
  const isFree = running !== null && isActive(running.job);
  const payer = isFree ? null : await spending.reserve(await priceOf(env, task));
  let isHeld = false;
  try {
    const computed = await computeHere(env, task, { requestId, payer });
    if (computed !== null) {
      if (payer) await chargePayer(env, payer, `${payer.reservation} here`, COUNTING_SECONDS);
      return told(env, receiver, computed);
    }
    const started = await job.start(task, { requestId, payer });
    countUsage(env, "explanationsAwaited");
    isHeld = started.began;
    if (receiver !== null) await job.subscribe(receiver);
    if (waitMs === 0) return { job: started.job };
  } finally {
    if (payer && !isHeld) await releasePayer(env, payer);
  }
  return afterJob(env, task.id, await job.settled(waitMs));
}

/** Tells a receiver of an explanation that no job is needed for. */
async function told(
  env: Env,
  receiver: Receiver | null,
  stored: StoredExplanation,
): Promise<StoredExplanation> {
  if (receiver !== null) {
    const job = doneJob(stored.explanation, stored.storedAt);
    await announce(env, receiver, "completed", job, newDeliveryId());
  }
  return stored;
}

function counted(env: Env, stored: StoredExplanation): StoredExplanation {
  countUsage(env, "explanationsStored");
  return stored;
}

/** What a question costs whose answer is not stored, in seconds of compute. */
async function priceOf(env: Env, task: ExplanationTask): Promise<number> {
  const { question, sound, table, cheaperTable } = task;
  const atHand = await tableAtHand(env.BUCKET, task);
  const last = cheaperTable ?? table;
  const isTried = last !== null && (await isTableKnown(env.BUCKET, last.id));
  return priceSeconds({
    type: question.type,
    neighbourhood: question.neighbourhood,
    segments: question.segments,
    sources: Object.keys(sound.stems).length || SOURCES.length,
    table: atHand !== null ? "there" : isTried ? "impossible" : "to-build",
  });
}

/**
 * A job by its id. One that is forgotten while its explanation is there counts as done.
 *
 * @throws ProblemError unknown-explanation
 */
export async function findJob(env: Env, id: ExplanationId, caller: Caller): Promise<Job> {
  await checkVisible(env, id, caller);
  const status = await explanationJobOf(env, id).status();
  if (status !== null) return status.job;
  const stored = await findVisibleExplanation(env, id, caller);
  if (stored === null) throw unknown(id);
  return doneJob(stored.explanation, stored.storedAt);
}

/**
 * A finished explanation, or null.
 *
 * @throws ProblemError unknown-explanation where it belongs to somebody else: that it is there is
 *   nobody else's business
 */
export async function findVisibleExplanation(
  env: Env,
  id: ExplanationId,
  caller: Caller,
): Promise<StoredExplanation | null> {
  const stored = await findExplanation(env.BUCKET, id);
  if (stored !== null && !maySee(caller, stored.ownership)) throw unknown(id);
  return stored;
}

/**
 * A finished explanation, for whoever wants what belongs to it.
 *
 * @throws ProblemError explanation-not-ready while it is being computed; unknown-explanation,
 *   explanation-failed, input-unusable
 */
export async function finishedExplanation(
  env: Env,
  id: ExplanationId,
  caller: Caller,
): Promise<StoredExplanation> {
  const stored = await findVisibleExplanation(env, id, caller);
  if (stored !== null) return stored;
  await checkVisible(env, id, caller);
  const found = await afterJob(env, id, await explanationJobOf(env, id).status());
  if ("job" in found) throw new ProblemError({ kind: "explanation-not-ready", id });
  return found;
}

/** @throws ProblemError unknown-explanation where the question belongs to somebody else */
export async function checkVisible(env: Env, id: ExplanationId, caller: Caller): Promise<void> {
  const task = await findQuestion(env.BUCKET, id);
  if (task !== null && !maySee(caller, ownershipOf(task))) throw unknown(id);
}

function unknown(id: ExplanationId): ProblemError {
  return new ProblemError({ kind: "unknown-explanation", id });
}

async function computeHere(
  env: Env,
  task: ExplanationTask,
  origin: FlightOrigin,
): Promise<StoredExplanation | null> {
  if (settingsOf(env).EXPLAIN_AT !== "edge") return null;
  if ((await tableAtHand(env.BUCKET, task)) === null) return null;
  // Before the explanation, so that whatever finds that finds what it answers.
  await recordPrivateArtefacts(env.DB, task);
  await storeQuestion(env.BUCKET, task);
  const isStored = await explainFromStoredTable(env, task, { origin });
  if (isStored) countUsage(env, "explanationsComputed");
  return isStored ? findExplanation(env.BUCKET, task.id) : null;
}

async function afterJob(
  env: Env,
  id: ExplanationId,
  status: ExplanationStatus | null,
): Promise<Found> {
  if (status === null) throw unknown(id);
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
  if (stored === null) throw unknown(id);
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
