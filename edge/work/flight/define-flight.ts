import { DurableObject } from "cloudflare:workers";
import type { WorkerEndpointName } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { Progress } from "@lemons/shared/contract/job";
import type { z } from "zod";
import { settingsOf } from "../../base/env.ts";
import { timeBudget } from "../../worker/time-budget.ts";
import type { WorkerCall } from "../../worker/worker-client.ts";
import { asWorkerFailure, WorkerFailure } from "../../worker/worker-failure.ts";
import { type ComputeMeter, chargeRun, createComputeMeter } from "./charge-run.ts";
import { EventStreams } from "./event-stream.ts";
import {
  createFlightTable,
  type FlightOrigin,
  type FlightRecord,
  type FlightState,
  isActive,
  newRecord,
  ownAccord,
  readFlight,
  writeFlight,
} from "./flight-record.ts";
import {
  type Clock,
  decideNextTry,
  MAX_ATTEMPTS,
  MAX_RUN_MS,
  queueingTimedOut,
  SYSTEM_CLOCK,
  type WaitingLimits,
} from "./retry-policy.ts";
import { takeTurn } from "./take-turn.ts";

/** An alarm may run for 15 minutes; it leaves before that, and the next one joins the computation. */
const ALARM_BUDGET_MS = 10 * 60 * 1000;
const PROGRESS_INTERVAL_MS = 200;
/** How long a flight that has ended is remembered. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const NOTIFY_AGAIN_MS = 30_000;
const BROKEN_OFF = "Every attempt broke off without a result.";
/** The account of what no account is charged for. */
const SERVICE = "service";

/** The state of a flight, for those who wait for it. */
export interface FlightStatus<View extends FlightState = FlightState> {
  job: View;
  /** Set if the work failed because the track itself can't be processed. */
  unusableInput: boolean;
  /** Number of the last change. */
  event: number;
}

/** How a flight's requests to the gpu-worker are sent. */
type OwnCall = Pick<WorkerCall<WorkerEndpointName>, "signal" | "requestId" | "account">;

/** The tools of an attempt: its origin, its end, and the ways to report and to compute. */
export interface FlightRun {
  origin: FlightOrigin;
  /** Aborted when the alarm's time is up or the flight is forgotten; nothing may be stored then. */
  signal: AbortSignal;
  onProgress(progress: Progress): void;
  onRelevance(relevance: number): void;
  /** Passes on the state of another flight that this one waits for. */
  onAwaited(state: Pick<FlightState, "attempt" | "progress" | "reason">): void;
  /** Does work at the gpu-worker when it is the flight's turn; the time that it computes is charged. */
  atWorker<Result>(work: (call: OwnCall) => Promise<Result>): Promise<Result>;
  /** Charges the payer for computing at the edge. */
  chargeEdgeSeconds(seconds: number): void;
}

/** Receivers that want to know how a flight ends, kept in its object. */
export interface Subscribers<Subscriber, View extends FlightState> {
  /** Adds a subscriber, who may be informed of the state at once. */
  add(env: Env, subscriber: Subscriber, job: View): Promise<void>;
  /** Informs all subscribers of the end. Called again until it succeeds. */
  onEnd(env: Env, job: View): Promise<void>;
}

/** One kind of work. */
export interface FlightDefinition<Task, View extends FlightState, Subscriber> {
  /** Of the task, as it is stored. */
  schema: z.ZodType<Task>;
  /** Runs before a run begins. */
  prepare?(env: Env, task: Task): Promise<void>;
  /** Returns whether the result is stored: a restart may have come between storing and noting it. */
  isFinished(env: Env, task: Task): Promise<boolean>;
  /**
   * Computes and stores the result.
   *
   * @throws WorkerFailure that decides whether there is another attempt; the signal's reason on abort
   */
  attempt(env: Env, task: Task, run: FlightRun): Promise<void>;
  /** The state for callers. */
  view(task: Task, state: FlightState): View;
  /** True if a failure is remembered until the flight is forgotten, because nothing else records it. */
  keepsFailures?: boolean;
  subscribers?(sql: SqlStorage): Subscribers<Subscriber, View>;
  /** The system's unless a test injects its own. */
  clock?: Clock;
}

/** The Durable Object of a flight. */
export interface FlightObject<Task, View extends FlightState, Subscriber>
  extends DurableObject<Env> {
  /**
   * Starts the work, unless it is active. Work that failed starts again.
   *
   * @returns `began` if this call started it: its payer is charged, and released in the end
   */
  start(task: Task, origin?: FlightOrigin): Promise<FlightStatus<View> & { began: boolean }>;
  /** Returns the state, or null if nothing was started or it was cleaned up. */
  status(): FlightStatus<View> | null;
  /** Waits for the end, up to a time. */
  settled(timeoutMs: number): Promise<FlightStatus<View> | null>;
  /** Waits for a change after an event, up to a time. */
  changed(event: number, timeoutMs: number): Promise<FlightStatus<View> | null>;
  /** Has a subscriber informed of the end. Does nothing if nothing was started. */
  subscribe(subscriber: Subscriber): Promise<void>;
  /** Stops the work and deletes everything in the object. */
  forget(): Promise<void>;
  /** Answers with the changes as server-sent events; 404 if nothing was started. */
  fetch(request: Request): Response;
  alarm(): Promise<void>;
}

type FlightClass<Task, View extends FlightState, Subscriber> = new (
  ctx: DurableObjectState,
  env: Env,
) => FlightObject<Task, View, Subscriber>;

/**
 * Defines the Durable Object class of one kind of work. An object is named by the content address of
 * its work, so that any number of callers share one flight. It works in its alarm, which the platform
 * runs at least once and again after a restart; its state is one row of SQLite, which an eviction
 * doesn't lose. A day after its end the object deletes its data.
 */
export function defineFlight<Task, View extends FlightState = FlightState, Subscriber = never>(
  definition: FlightDefinition<Task, View, Subscriber>,
): FlightClass<Task, View, Subscriber> {
  const clock = definition.clock ?? SYSTEM_CLOCK;

  return class extends DurableObject<Env> implements FlightObject<Task, View, Subscriber> {
    #record: FlightRecord<Task> | null;
    /** Stops the attempt that is under way. */
    #stop: AbortController | null = null;
    #preparing: Promise<void> | null = null;
    #progressAt = 0;
    readonly #waiting = new Set<() => void>();
    readonly #streams = new EventStreams<View>();
    readonly #subscribers = definition.subscribers?.(this.ctx.storage.sql);

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.#record = readFlight(ctx.storage.sql, definition.schema);
      if (this.#record !== null) {
        // A crash between writing the row and setting the alarm would otherwise leave it for ever.
        void ctx.blockConcurrencyWhile(async () => {
          if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(clock.now());
        });
      }
    }

    async start(
      task: Task,
      origin: FlightOrigin = ownAccord(),
    ): Promise<FlightStatus<View> & { began: boolean }> {
      let began = false;
      if (!this.#isActive()) await this.#prepare(task);
      // Another caller may have started it meanwhile.
      if (!this.#isActive()) {
        began = true;
        createFlightTable(this.ctx.storage.sql);
        const event = this.#record?.event ?? 0;
        this.#save(newRecord(task, origin, { now: new Date(clock.now()), event }));
        await this.ctx.storage.setAlarm(clock.now());
      }
      return { ...this.status()!, began };
    }

    status(): FlightStatus<View> | null {
      const record = this.#record;
      if (record === null) return null;
      const { task, state, unusableInput, event } = record;
      return { job: definition.view(task, state), unusableInput, event };
    }

    async settled(timeoutMs: number): Promise<FlightStatus<View> | null> {
      await this.#waitWhile(() => this.#isActive(), timeoutMs);
      return this.status();
    }

    async changed(event: number, timeoutMs: number): Promise<FlightStatus<View> | null> {
      await this.#waitWhile(() => this.#isActive() && this.#record?.event === event, timeoutMs);
      return this.status();
    }

    async subscribe(subscriber: Subscriber): Promise<void> {
      const status = this.status();
      if (status === null || this.#subscribers === undefined) return;
      await this.#subscribers.add(this.env, subscriber, status.job);
      // The flight may have ended before, or meanwhile.
      await this.#notifyOfEnd();
    }

    async forget(): Promise<void> {
      if (this.#record === null) return;
      this.#record = null;
      this.#stop?.abort(new DOMException("The work was removed.", "AbortError"));
      this.#wake();
      await this.ctx.storage.deleteAll();
    }

    override fetch(request: Request): Response {
      const status = this.status();
      return status === null
        ? new Response(null, { status: 404 })
        : this.#streams.follow(request, status);
    }

    override async alarm(): Promise<void> {
      const record = this.#record;
      if (record !== null && isActive(record.state)) await this.#tryOnce(record);
      await this.#afterEnd();
    }

    async #tryOnce(record: FlightRecord<Task>): Promise<void> {
      const { run, task, origin } = record;
      const attempts = record.attempts + (record.joining ? 0 : 1);
      const budget = timeBudget(ALARM_BUDGET_MS);
      const stop = new AbortController();
      this.#stop = stop;
      const signal = AbortSignal.any([budget.signal, stop.signal]);
      const meter = createComputeMeter(clock.now);
      let edgeSeconds = 0;
      try {
        // Attempts that ended with the process, without a result, count too.
        if (attempts > MAX_ATTEMPTS) throw new WorkerFailure(BROKEN_OFF, { retryable: false });
        if (!(await definition.isFinished(this.env, task))) {
          this.#change(run, { state: "running", attempt: attempts }, { attempts, joining: false });
          await definition.attempt(this.env, task, {
            ...this.#listener(run, meter),
            origin,
            signal,
            atWorker: (work) => this.#atWorker(record, work, signal, meter),
            chargeEdgeSeconds: (seconds) => {
              edgeSeconds += seconds;
            },
          });
        }
        this.#change(run, { state: "done", progress: null, reason: null });
      } catch (error) {
        if (!stop.signal.aborted) await this.#afterFailure(run, error, budget.signal, meter);
      } finally {
        budget.release();
        meter.stop();
        if (this.#stop === stop) this.#stop = null;
        const hasEnded = this.#record?.run !== run || !this.#isActive();
        const used = { gpuSeconds: meter.seconds(), edgeSeconds, hasEnded };
        await chargeRun(this.env, String(this.ctx.id), record, used);
      }
    }

    /** Prepares a run once, however many callers start it at the same time. */
    async #prepare(task: Task): Promise<void> {
      this.#preparing ??= definition.prepare?.(this.env, task) ?? null;
      try {
        await this.#preparing;
      } finally {
        this.#preparing = null;
      }
    }

    /** Does work at the gpu-worker when it is this flight's turn. */
    async #atWorker<Result>(
      { run, origin }: FlightRecord<Task>,
      work: (call: OwnCall) => Promise<Result>,
      signal: AbortSignal,
      meter: ComputeMeter,
    ): Promise<Result> {
      const limits = waitingLimits(this.env);
      const since = Date.parse(this.#record?.queuedSince ?? new Date(clock.now()).toISOString());
      const ticket = {
        id: String(this.ctx.id),
        account: origin.payer?.account ?? SERVICE,
        since,
      };
      const call = { signal, requestId: origin.requestId, account: origin.payer?.account };
      const checkTime = () => {
        if (clock.now() - since < limits.queueMs) return;
        throw new WorkerFailure(queueingTimedOut(limits), { retryable: false });
      };
      checkTime();
      try {
        return await takeTurn(this.env, ticket, () => work(call), {
          signal,
          checkTime,
          onPlace: (progress) => this.#onProgress(run, progress, meter),
        });
      } finally {
        meter.stop();
      }
    }

    async #afterFailure(
      run: string,
      error: unknown,
      budget: AbortSignal,
      meter: ComputeMeter,
    ): Promise<void> {
      const record = this.#record;
      if (record?.run !== run) return;
      if (budget.aborted && clock.now() - Date.parse(record.startedAt) < MAX_RUN_MS) {
        this.#change(run, {}, { joining: true });
        await this.ctx.storage.setAlarm(clock.now());
        return;
      }
      const failure = asWorkerFailure(error);
      const next = decideNextTry(failure, record, {
        limits: waitingLimits(this.env),
        clock,
        wasComputing: meter.hasStarted,
      });
      const reason = next.kind === "fail" ? next.reason : failure.message;
      console.warn(
        `flight ${this.ctx.id.name ?? this.ctx.id} of request ${record.origin.requestId}: attempt ${record.attempts}, then ${next.kind}: ${reason}`,
      );
      switch (next.kind) {
        case "fail": {
          const { unusableInput } = failure;
          this.#change(run, { state: "failed", progress: null, reason }, { unusableInput });
          return;
        }
        case "retry":
          this.#change(run, { state: "queued", progress: null, reason });
          break;
        case "wait": {
          const progress = { phase: "waiting", done: 0, total: 0 } as const;
          this.#change(
            run,
            { state: "queued", progress, reason },
            { ...next.record, joining: true },
          );
        }
      }
      await this.ctx.storage.setAlarm(clock.now() + next.delayMs);
    }

    #listener(
      run: string,
      meter: ComputeMeter,
    ): Pick<FlightRun, "onProgress" | "onRelevance" | "onAwaited"> {
      return {
        onProgress: (progress) => this.#onProgress(run, progress, meter),
        onRelevance: (relevance) => this.#change(run, { relevance }),
        onAwaited: ({ attempt, progress, reason }) =>
          this.#change(run, { attempt, progress, reason }),
      };
    }

    #onProgress(run: string, progress: Progress, meter: ComputeMeter): void {
      const record = this.#record;
      if (record?.run !== run) return;
      const now = clock.now();
      const isWaiting = progress.phase === "waiting";
      if (!isWaiting) meter.start();
      const isNewPhase = record.state.progress?.phase !== progress.phase;
      if (!isNewPhase && now - this.#progressAt < PROGRESS_INTERVAL_MS) return;
      this.#progressAt = now;
      const queuedSince = record.queuedSince ?? new Date(now).toISOString();
      this.#change(
        run,
        { progress, reason: null },
        isWaiting ? { queuedSince } : { queuedSince: null, awaySince: null, waits: 0 },
      );
    }

    /** Informs all subscribers if the flight has ended. */
    async #notifyOfEnd(): Promise<void> {
      const status = this.status();
      if (status !== null && !isActive(status.job))
        await this.#subscribers?.onEnd(this.env, status.job);
    }

    /** Informs subscribers, and deletes the object's data when it has been kept long enough. */
    async #afterEnd(): Promise<void> {
      const record = this.#record;
      if (record === null || isActive(record.state)) return;
      let nextAt = Date.parse(record.state.updatedAt) + KEPT_MS;
      try {
        await this.#notifyOfEnd();
      } catch (error) {
        console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
        nextAt = clock.now() + NOTIFY_AGAIN_MS;
      }
      // Another run may have started meanwhile.
      if (this.#record?.run !== record.run || this.#isActive()) return;
      if (nextAt > clock.now()) await this.ctx.storage.setAlarm(nextAt);
      else if (!(definition.keepsFailures && record.state.state === "failed")) await this.forget();
    }

    #isActive(): boolean {
      return this.#record !== null && isActive(this.#record.state);
    }

    async #waitWhile(isWaiting: () => boolean, timeoutMs: number): Promise<void> {
      let isTimeUp = false;
      let wake = () => {};
      const timer = setTimeout(() => {
        isTimeUp = true;
        wake();
      }, timeoutMs);
      while (isWaiting() && !isTimeUp) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        this.#waiting.add(resolve);
        await promise;
        this.#waiting.delete(resolve);
      }
      clearTimeout(timer);
    }

    /** Changes the flight, unless the change is of an earlier run. */
    #change(
      run: string,
      state: Partial<FlightState>,
      rest: Partial<FlightRecord<Task>> = {},
    ): void {
      const record = this.#record;
      if (record?.run !== run) return;
      const updatedAt = new Date(clock.now()).toISOString();
      this.#save({ ...record, ...rest, state: { ...record.state, ...state, updatedAt } });
    }

    #save(record: FlightRecord<Task>): void {
      this.#record = { ...record, event: record.event + 1 };
      writeFlight(this.ctx.storage.sql, this.#record);
      this.#streams.send(this.status()!);
      this.#wake();
    }

    #wake(): void {
      for (const resolve of this.#waiting) resolve();
    }
  };
}

function waitingLimits(env: Env): WaitingLimits {
  const { GPU_QUEUE_SECONDS, GPU_START_SECONDS } = settingsOf(env);
  return { queueMs: GPU_QUEUE_SECONDS * 1000, startMs: GPU_START_SECONDS * 1000 };
}
