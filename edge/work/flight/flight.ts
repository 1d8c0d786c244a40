import { DurableObject } from "cloudflare:workers";
import type { Progress } from "@lemons/shared/contract/job";
import type { z } from "zod";
import { chargePayer, releasePayer } from "../../access/payer.ts";
import { recordUsage } from "../../access/usage.ts";
import { retryDelayMs } from "../../worker/retry-delay.ts";
import { timeBudget } from "../../worker/time-budget.ts";
import { asWorkerFailure, WorkerFailure } from "../../worker/worker-failure.ts";
import { type ComputeMeter, startComputeMeter } from "./compute-meter.ts";
import { type FlightOrigin, ownAccord } from "./flight-origin.ts";
import {
  createFlightTable,
  type FlightRecord,
  type FlightState,
  isActive,
  readFlight,
  writeFlight,
} from "./flight-record.ts";

export const MAX_ATTEMPTS = 5;
/** An alarm may run for 15 minutes; it leaves before and the next one joins the computation. */
const ALARM_BUDGET_MS = 10 * 60 * 1000;
/** However often it is joined again. */
const MAX_RUN_MS = 2 * 60 * 60 * 1000;
const PROGRESS_INTERVAL_MS = 200;
const BROKEN_OFF = "Every attempt broke off without an answer.";

/** A flight as it stands, to those who ask for it. */
export interface FlightStatus<View extends FlightState = FlightState> {
  job: View;
  unusableInput: boolean;
  /** Number of the last change. */
  event: number;
}

/** What an attempt says of itself before its end. */
export interface FlightListener {
  onProgress(progress: Progress): void;
  onRelevance(relevance: number): void;
  /** Passes on how the work stands that this one waits for. */
  onAwaited(state: Pick<FlightState, "attempt" | "progress" | "reason">): void;
}

/**
 * One flight of one piece of work: an object named by the work's content address, so that any number
 * of callers share it. It works in its alarm, which the platform runs at least once and again after a
 * restart; its state is one row of SQLite, so that an eviction loses nothing.
 */
export abstract class Flight<
  Question,
  View extends FlightState = FlightState,
> extends DurableObject<Env> {
  #record: FlightRecord<Question> | null;
  readonly #waiting = new Set<() => void>();
  #progressAt = 0;

  constructor(ctx: DurableObjectState, env: Env, question: z.ZodType<Question>) {
    super(ctx, env);
    createFlightTable(ctx.storage.sql);
    this.#record = readFlight(ctx.storage.sql, question);
    if (this.#record !== null && isActive(this.#record.state)) {
      // A crash between writing the row and setting the alarm would otherwise leave it for ever.
      void ctx.blockConcurrencyWhile(async () => {
        if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now());
      });
    }
  }

  /** Done before a run begins. */
  protected abstract prepare(question: Question): Promise<void>;
  /** Whether the result is there: a restart may have come between storing it and saying so. */
  protected abstract isFinished(question: Question): Promise<boolean>;
  /**
   * From the question to the stored result.
   *
   * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
   */
  protected abstract attempt(
    question: Question,
    listener: FlightListener,
    signal: AbortSignal,
    origin: FlightOrigin,
  ): Promise<void>;
  /** The state as callers see it. */
  protected abstract view(question: Question, state: FlightState): View;
  /** Told of every change. */
  protected onChange(_status: FlightStatus<View>): void {}

  /**
   * Starts the work, unless it is already on its way. Work that failed begins anew.
   *
   * @returns `began` where this call started it: then its payer is charged, and released in the end
   */
  async start(
    question: Question,
    origin: FlightOrigin = ownAccord(),
  ): Promise<FlightStatus<View> & { began: boolean }> {
    let began = false;
    if (!this.#isActive()) await this.prepare(question);
    // Another caller may have started it meanwhile.
    if (!this.#isActive()) {
      began = true;
      const now = new Date().toISOString();
      this.#save({
        question,
        origin,
        event: this.#record?.event ?? 0,
        attempts: 0,
        unusableInput: false,
        joining: false,
        startedAt: now,
        state: {
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
    return { ...this.status()!, began };
  }

  /** The work as it stands, or null where nobody has asked. */
  status(): FlightStatus<View> | null {
    const record = this.#record;
    if (record === null) return null;
    const { question, state, unusableInput, event } = record;
    return { job: this.view(question, state), unusableInput, event };
  }

  /** The work once it has ended, or as it stands when the time is up. */
  async settled(timeoutMs: number): Promise<FlightStatus<View> | null> {
    const until = Date.now() + timeoutMs;
    while (this.#isActive() && Date.now() < until) await this.#nextChange(until - Date.now());
    return this.status();
  }

  /** The work once it has changed since an event, or as it stands when the time is up. */
  async changed(event: number, timeoutMs: number): Promise<FlightStatus<View> | null> {
    if (this.#isActive() && this.#record?.event === event) await this.#nextChange(timeoutMs);
    return this.status();
  }

  /** Forgets the work. An attempt that is under way runs to its end, and nobody hears of it. */
  async forget(): Promise<void> {
    this.#record = null;
    await this.ctx.storage.deleteAlarm();
    this.ctx.storage.sql.exec("DELETE FROM flight");
  }

  override async alarm(): Promise<void> {
    const record = this.#record;
    if (record === null || !isActive(record.state)) return;
    const attempts = record.attempts + (record.joining ? 0 : 1);
    const budget = timeBudget(ALARM_BUDGET_MS);
    const meter = startComputeMeter(Date.now);
    try {
      // Attempts that ended with the process, not with an answer, count too.
      if (attempts > MAX_ATTEMPTS) throw new WorkerFailure(BROKEN_OFF, { retryable: false });
      if (!(await this.isFinished(record.question))) {
        this.#change({ state: "running", attempt: attempts }, { attempts, joining: false });
        const { question, origin } = record;
        await this.attempt(question, this.#listener(meter), budget.signal, origin);
      }
      this.#change({ state: "done", progress: null, reason: null });
    } catch (error) {
      const isLate = Date.now() - Date.parse(record.startedAt) > MAX_RUN_MS;
      if (budget.signal.aborted && !isLate) {
        this.#change({}, { joining: true });
        await this.ctx.storage.setAlarm(Date.now());
      } else {
        await this.#afterFailure(asWorkerFailure(error), attempts, isLate);
      }
    } finally {
      budget.release();
      await this.#settle(record, meter.seconds());
    }
  }

  /** Charges the attempt, and gives the rest back once the work has ended. */
  async #settle({ origin, startedAt, event }: FlightRecord<Question>, seconds: number) {
    const { payer } = origin;
    try {
      await recordUsage(this.env.DB, new Map([["gpuSeconds", seconds]]));
      if (payer === null) return;
      const charge = `${this.ctx.id} ${startedAt} ${event}`;
      if (seconds > 0) await chargePayer(this.env, payer, charge, seconds);
      if (payer.holds && !this.#isActive()) await releasePayer(this.env, payer);
    } catch (error) {
      // The work is done all the same; what was set aside for it runs out by itself.
      console.error(
        `not charged to ${payer?.account ?? "anybody"}: ${asWorkerFailure(error).message}`,
      );
    }
  }

  async #afterFailure(failure: WorkerFailure, attempts: number, isLate: boolean): Promise<void> {
    const reason = failure.message;
    if (isLate || !failure.retryable || attempts >= MAX_ATTEMPTS) {
      this.#change(
        { state: "failed", progress: null, reason },
        { unusableInput: failure.unusableInput },
      );
      return;
    }
    this.#change({ state: "queued", progress: null, reason });
    const delayMs = retryDelayMs(attempts, failure.retryAfterMs, Math.random);
    await this.ctx.storage.setAlarm(Date.now() + delayMs);
  }

  #listener(meter: ComputeMeter): FlightListener {
    return {
      onProgress: (progress) => {
        meter.onPhase(progress.phase);
        const isNewPhase = this.#record?.state.progress?.phase !== progress.phase;
        if (!isNewPhase && Date.now() - this.#progressAt < PROGRESS_INTERVAL_MS) return;
        this.#progressAt = Date.now();
        this.#change({ progress });
      },
      onRelevance: (relevance) => this.#change({ relevance }),
      onAwaited: ({ attempt, progress, reason }) => this.#change({ attempt, progress, reason }),
    };
  }

  #isActive(): boolean {
    return this.#record !== null && isActive(this.#record.state);
  }

  async #nextChange(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  #change(state: Partial<FlightState>, rest: Partial<FlightRecord<Question>> = {}): void {
    const record = this.#record;
    if (record === null) return;
    this.#save({
      ...record,
      ...rest,
      state: { ...record.state, ...state, updatedAt: new Date().toISOString() },
    });
  }

  #save(record: FlightRecord<Question>): void {
    this.#record = { ...record, event: record.event + 1 };
    writeFlight(this.ctx.storage.sql, this.#record);
    this.onChange(this.status()!);
    for (const resolve of this.#waiting) resolve();
  }
}
