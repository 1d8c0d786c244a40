import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Job } from "@lemons/shared/contract/job";
import { MAX_AUDIBLE_COMPONENTS } from "@lemons/shared/enumeration/audible-components";
import { type Caller, maySee } from "../../access/caller.ts";
import { releasePayer } from "../../access/payer.ts";
import { priceSeconds } from "../../access/price.ts";
import type { Spending } from "../../access/spend.ts";
import { countUsage } from "../../access/usage.ts";
import { settingsOf } from "../../base/env.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { isActive } from "../flight/flight-record.ts";
import { findStoredTables, type StoredTables } from "../tables/table-store.ts";
import { announce, newDeliveryId } from "../webhooks/announce.ts";
import type { WebhookReceiver } from "../webhooks/receiver.ts";
import { type ExplanationStatus, explanationJobOf } from "./explanation-job.ts";
import {
  discard,
  findExplanation,
  findStored,
  findTask,
  hasTask,
  readStored,
  type StoredBytes,
  type StoredExplanation,
} from "./explanation-store.ts";
import { type ExplanationTask, ownershipOf } from "./explanation-task.ts";

/** How long a request is held for a flight that only has to read a stored table. */
const TABLE_WAIT_MS = 10_000;

/** An explanation, or the job that computes it. */
export type Found = StoredExplanation | { job: Job };

/** The standing of an explanation: resolved once per request, and passed on. */
export type Standing =
  | { kind: "stored"; stored: StoredBytes }
  | { kind: "running"; task: ExplanationTask; status: ExplanationStatus }
  | {
      /** A stored table may answer it; its flight only has to read that, or hasn't started. */
      kind: "table-available";
      task: ExplanationTask;
      tables: StoredTables;
      status: ExplanationStatus | null;
    }
  | {
      /** It must be computed by the gpu-worker; the last flight, if there was one, has ended. */
      kind: "nothing";
      task: ExplanationTask;
      tables: StoredTables;
      ended: ExplanationStatus | null;
    }
  | { kind: "unknown" };

/**
 * Resolves where the explanation of a task stands. The flight's object is left alone unless the
 * explanation was requested before, so that asking creates no object.
 */
export async function resolveStanding(
  env: Env,
  task: ExplanationTask,
): Promise<Exclude<Standing, { kind: "unknown" }>> {
  const stored = await findStored(env.BUCKET, task.id);
  if (stored !== null) return { kind: "stored", stored };
  return standingOfUnstored(env, task, await hasTask(env.BUCKET, task.id));
}

/**
 * Resolves where the explanation of an id stands.
 *
 * @param stored the explanation; null if it isn't finished
 * @throws ProblemError unknown-explanation if it is private and not the reader's
 */
export async function resolveStandingById(
  env: Env,
  id: ExplanationId,
  stored: StoredBytes | null,
  reader: Caller,
): Promise<Standing> {
  if (stored !== null) {
    if (maySee(reader, stored.ownership)) return { kind: "stored", stored };
    await discard(stored);
    throw unknown(id);
  }
  const task = await findTask(env.BUCKET, id);
  if (task === null) return { kind: "unknown" };
  if (!maySee(reader, ownershipOf(task))) throw unknown(id);
  return standingOfUnstored(env, task, true);
}

async function standingOfUnstored(
  env: Env,
  task: ExplanationTask,
  wasRequested: boolean,
): Promise<Exclude<Standing, { kind: "stored" | "unknown" }>> {
  const status = wasRequested ? await explanationJobOf(env, task.id).status() : null;
  const isRunning = status !== null && isActive(status.job);
  if (isRunning && !isReading(status.job)) return { kind: "running", task, status };
  const tables = await findStoredTables(env.BUCKET, task);
  if (tables.record !== null && settingsOf(env).EXPLAIN_AT === "edge") {
    return { kind: "table-available", task, tables, status };
  }
  return isRunning
    ? { kind: "running", task, status }
    : { kind: "nothing", task, tables, ended: status };
}

/**
 * Answers a request for an explanation: from the store, or by its one flight. A flight that only has to
 * read a stored table is waited for in any case.
 *
 * @param waitMs how long to hold the request for the flight to end
 * @param spending pays for a flight that this request starts
 * @param receiver is informed of the end
 * @throws ProblemError explanation-failed, input-unusable if the flight fails meanwhile; whatever
 *   `spending` throws
 */
export async function requestExplanation(
  env: Env,
  task: ExplanationTask,
  waitMs: number,
  spending: Spending,
  receiver: WebhookReceiver | null = null,
): Promise<Found> {
  const standing = await resolveStanding(env, task);
  if (standing.kind === "stored") {
    const stored = await readStored(standing.stored);
    countUsage(env, "explanationsStored");
    if (receiver !== null) {
      const job = doneJob(stored.explanation, stored.storedAt);
      await announce(env, receiver, "completed", job, newDeliveryId());
    }
    return stored;
  }
  const job = explanationJobOf(env, task.id);
  const isRunning =
    standing.kind === "running" ||
    (standing.kind === "table-available" &&
      standing.status !== null &&
      isActive(standing.status.job));
  // What is under way already costs nothing.
  const payer = isRunning ? null : await spending.reserve(priceOf(task, standing.tables));
  let isHeld = false;
  let status: ExplanationStatus | null;
  try {
    const started = await job.start(task, { requestId: spending.requestId, payer });
    isHeld = started.began;
    status = started;
    if (receiver !== null) await job.subscribe(receiver);
  } finally {
    if (payer !== null && !isHeld) await releasePayer(env, payer);
  }
  if (standing.kind === "table-available") {
    status = await awaitReading(env, status);
    if (status !== null && !isActive(status.job)) {
      countUsage(env, "explanationsComputed");
      return resultOf(env, task.id, status);
    }
  }
  countUsage(env, "explanationsAwaited");
  if (waitMs === 0 && status !== null) return { job: status.job };
  return resultOf(env, task.id, await job.settled(waitMs));
}

/**
 * Finds an explanation that isn't stored by its id. If its table is stored, it is computed now: the
 * request for it was paid for.
 *
 * @throws ProblemError unknown-explanation, explanation-failed, input-unusable
 */
export async function findUnstored(
  env: Env,
  id: ExplanationId,
  standing: Exclude<Standing, { kind: "stored" }>,
  requestId: string,
): Promise<Found> {
  switch (standing.kind) {
    case "unknown":
      throw unknown(id);
    case "running":
      return { job: standing.status.job };
    case "nothing":
      return resultOf(env, id, standing.ended);
    case "table-available": {
      const { task, tables, status } = standing;
      if (status?.job.state === "failed" || !isCountable(task, tables)) {
        return resultOf(env, id, status);
      }
      const started = await explanationJobOf(env, id).start(task, { requestId, payer: null });
      return resultOf(env, id, await awaitReading(env, started));
    }
  }
}

/**
 * Finds the job of an explanation. The job of a finished explanation counts as done after its flight
 * is forgotten.
 *
 * @throws ProblemError unknown-explanation
 */
export async function findJob(env: Env, id: ExplanationId, reader: Caller): Promise<Job> {
  const task = await findTask(env.BUCKET, id);
  if (task !== null) {
    if (!maySee(reader, ownershipOf(task))) throw unknown(id);
    const status = await explanationJobOf(env, id).status();
    if (status !== null) return status.job;
  }
  const stored = await findExplanation(env.BUCKET, id);
  if (stored === null || !maySee(reader, stored.ownership)) throw unknown(id);
  return doneJob(stored.explanation, stored.storedAt);
}

/**
 * Follows the job of an explanation by server-sent events.
 *
 * @returns null if its flight is forgotten
 * @throws ProblemError unknown-explanation
 */
export async function followJob(
  env: Env,
  id: ExplanationId,
  reader: Caller,
  request: Request,
): Promise<Response | null> {
  const task = await findTask(env.BUCKET, id);
  if (task === null) return null;
  if (!maySee(reader, ownershipOf(task))) throw unknown(id);
  const response = await explanationJobOf(env, id).fetch(request);
  return response.status === 404 ? null : response;
}

/**
 * Requires an explanation to be finished, for a request about a part of it.
 *
 * @throws ProblemError explanation-not-ready while it is being computed; unknown-explanation,
 *   explanation-failed, input-unusable
 */
export async function requireFinished(
  env: Env,
  id: ExplanationId,
  stored: StoredBytes | null,
  reader: Caller,
): Promise<StoredExplanation> {
  const standing = await resolveStandingById(env, id, stored, reader);
  switch (standing.kind) {
    case "stored":
      return readStored(standing.stored);
    case "unknown":
      throw unknown(id);
    default: {
      const status = standing.kind === "nothing" ? standing.ended : standing.status;
      const found = await resultOf(env, id, status);
      if ("job" in found) throw new ProblemError({ kind: "explanation-not-ready", id });
      return found;
    }
  }
}

/** Returns the result of a flight, or its job if it hasn't ended. */
async function resultOf(
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
  const stored = await findExplanation(env.BUCKET, id);
  if (stored === null) throw unknown(id);
  return stored;
}

/** Waits for a flight as long as it reads a table at the edge; no longer if it needs the gpu-worker. */
async function awaitReading(
  env: Env,
  started: ExplanationStatus,
): Promise<ExplanationStatus | null> {
  const job = explanationJobOf(env, started.job.id);
  const until = Date.now() + TABLE_WAIT_MS;
  let status: ExplanationStatus | null = started;
  while (status !== null && isActive(status.job) && isReading(status.job)) {
    const leftMs = until - Date.now();
    if (leftMs <= 0) break;
    status = await job.changed(status.event, leftMs);
  }
  return status;
}

const isReading = ({ progress, reason }: Job): boolean =>
  reason === null && (progress === null || progress.phase === "fitting");

/** Returns whether a table certainly answers a task: other tasks may have too many masks to count. */
function isCountable({ question }: ExplanationTask, { record }: StoredTables): boolean {
  if (record === null || question.neighbourhood.kind !== "exhaustive") return false;
  const segments = question.type === "source" ? 1 : record.segments.length;
  const sources = question.type === "time" ? 1 : record.separation.sources.length;
  return segments * sources <= MAX_AUDIBLE_COMPONENTS;
}

/** Returns the price of an explanation that isn't stored, in seconds of compute. */
function priceOf({ question, sound }: ExplanationTask, tables: StoredTables): number {
  return priceSeconds({
    type: question.type,
    neighbourhood: question.neighbourhood,
    segments: question.segments,
    sources: Object.keys(sound.stems).length || SOURCES.length,
    table: tables.record !== null ? "there" : tables.isImpossible ? "impossible" : "to-build",
  });
}

function unknown(id: ExplanationId): ProblemError {
  return new ProblemError({ kind: "unknown-explanation", id });
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
