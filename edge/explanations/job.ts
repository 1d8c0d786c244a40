import { DurableObject } from "cloudflare:workers";
import type { Job } from "@lemons/shared/contract/job";
import { retryDelayMs } from "../gpu/retry-delay.ts";
import { timeBudget } from "../gpu/time-budget.ts";
import { asWorkerFailure, WorkerFailure } from "../gpu/worker-failure.ts";
import type { Asked } from "./asked.ts";
import { attemptExplanation } from "./attempt.ts";
import {
  type EventStream,
  eventStreamResponse,
  lastEventId,
  openEventStream,
} from "./job-events.ts";
import { createJobTable, isActive, type JobRecord, readJob, writeJob } from "./job-record.ts";
import { isExplained, storeQuestion } from "./store.ts";

export const MAX_ATTEMPTS = 5;
/** An alarm may run for 15 minutes; it leaves before and the next one joins the computation. */
const ALARM_BUDGET_MS = 10 * 60 * 1000;
/** However often it is joined again. */
const MAX_RUN_MS = 2 * 60 * 60 * 1000;
const PROGRESS_INTERVAL_MS = 200;
const BROKEN_OFF = "Every attempt broke off without an answer.";

/** A job as it stands. */
export interface JobStatus {
  job: Job;
  unusableInput: boolean;
}

/**
 * The one flight of an explanation: an object named by the explanation's id, so that any number of
 * callers share it. It works in its alarm, which the platform runs at least once and again after a
 * restart; its state is one row of SQLite, so that an eviction loses nothing.
 */
export class ExplanationJob extends DurableObject<Env> {
  #record: JobRecord | null;
  readonly #streams = new Set<EventStream>();
  readonly #waiting = new Set<() => void>();
  #progressAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    createJobTable(ctx.storage.sql);
    this.#record = readJob(ctx.storage.sql);
    if (this.#record !== null && isActive(this.#record.job)) {
      // A crash between writing the row and setting the alarm would otherwise leave it for ever.
      void ctx.blockConcurrencyWhile(async () => {
        if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now());
      });
    }
  }

  /** Starts the job, unless it is already on its way. A failed one begins anew. */
  async start(asked: Asked): Promise<JobStatus> {
    if (this.#record === null || !isActive(this.#record.job)) {
      await storeQuestion(this.env.BUCKET, asked);
    }
    // Another caller may have started it during the write.
    if (this.#record === null || !isActive(this.#record.job)) {
      const now = new Date().toISOString();
      this.#save({
        asked,
        event: this.#record?.event ?? 0,
        unusableInput: false,
        joining: false,
        startedAt: now,
        job: {
          id: asked.id,
          listener: asked.listener,
          track: asked.track,
          state: "queued",
          attempt: 0,
          progress: null,
          relevance: null,
          reason: null,
          createdAt: now,
          updatedAt: now,
        },
      });
      await this.ctx.storage.setAlarm(Date.now());
    }
    return this.#status()!;
  }

  /** The job as it stands, or null where nobody has asked. */
  status(): JobStatus | null {
    return this.#status();
  }

  /** The job once it has ended, or as it stands when the time is up. */
  async settled(timeoutMs: number): Promise<JobStatus | null> {
    if (this.#record !== null && isActive(this.#record.job)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.add(resolve);
      await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    }
    return this.#status();
  }

  /** Server-sent events; 204 tells a reader that has seen the end not to come back. */
  override fetch(request: Request): Response {
    if (this.#record === null) return new Response(null, { status: 404 });
    const { event, job } = this.#record;
    const seen = lastEventId(request);
    if (seen === event && !isActive(job)) return new Response(null, { status: 204 });
    const stream = openEventStream(() => this.#streams.delete(stream));
    this.#streams.add(stream);
    if (seen !== event) stream.send({ event, job, last: !isActive(job) });
    return eventStreamResponse(stream.body);
  }

  override async alarm(): Promise<void> {
    const record = this.#record;
    if (record === null || !isActive(record.job)) return;
    const attempt = record.job.attempt + (record.joining ? 0 : 1);
    const budget = timeBudget(ALARM_BUDGET_MS);
    try {
      // Attempts that ended with the process, not with an answer, count too.
      if (attempt > MAX_ATTEMPTS) throw new WorkerFailure(BROKEN_OFF, { retryable: false });
      // A restart may have come between storing the explanation and saying so.
      if (!(await isExplained(this.env.BUCKET, record.asked.id))) {
        this.#change({ state: "running", attempt }, { joining: false });
        await attemptExplanation(this.env, record.asked, this.#listener(), budget.signal);
      }
      this.#change({ state: "done", progress: null, reason: null });
    } catch (error) {
      const isLate = Date.now() - Date.parse(record.startedAt) > MAX_RUN_MS;
      if (budget.signal.aborted && !isLate) {
        this.#change({}, { joining: true });
        await this.ctx.storage.setAlarm(Date.now());
      } else {
        await this.#afterFailure(asWorkerFailure(error), attempt, isLate);
      }
    } finally {
      budget.release();
    }
  }

  async #afterFailure(failure: WorkerFailure, attempt: number, isLate: boolean): Promise<void> {
    const reason = failure.message;
    if (isLate || !failure.retryable || attempt >= MAX_ATTEMPTS) {
      this.#change(
        { state: "failed", progress: null, reason },
        { unusableInput: failure.unusableInput },
      );
      return;
    }
    this.#change({ state: "queued", progress: null, reason });
    const delayMs = retryDelayMs(attempt, failure.retryAfterMs, Math.random);
    await this.ctx.storage.setAlarm(Date.now() + delayMs);
  }

  #listener() {
    return {
      onProgress: (progress: NonNullable<Job["progress"]>) => {
        const isNewPhase = this.#record?.job.progress?.phase !== progress.phase;
        if (!isNewPhase && Date.now() - this.#progressAt < PROGRESS_INTERVAL_MS) return;
        this.#progressAt = Date.now();
        this.#change({ progress });
      },
      onRelevance: (relevance: number) => this.#change({ relevance }),
    };
  }

  #status(): JobStatus | null {
    return this.#record && { job: this.#record.job, unusableInput: this.#record.unusableInput };
  }

  #change(job: Partial<Job>, rest: Partial<JobRecord> = {}): void {
    const record = this.#record;
    if (record === null) return;
    this.#save({
      ...record,
      ...rest,
      job: { ...record.job, ...job, updatedAt: new Date().toISOString() },
    });
  }

  #save(record: JobRecord): void {
    this.#record = { ...record, event: record.event + 1 };
    writeJob(this.ctx.storage.sql, this.#record);
    const { event, job } = this.#record;
    const last = !isActive(job);
    for (const stream of [...this.#streams]) stream.send({ event, job, last });
    if (last) for (const resolve of this.#waiting) resolve();
  }
}
