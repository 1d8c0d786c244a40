import { DurableObject } from "cloudflare:workers";
import { Sha256 } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { recordUsage } from "../../access/usage.ts";
import { findEncoder } from "../../catalogue/encoders.ts";
import { compactBlock } from "../../catalogue/features/compact-block.ts";
import { staleHeads, unscoredHeads } from "../../catalogue/models.ts";
import { retryDelayMs } from "../../worker/retry-delay.ts";
import { timeBudget } from "../../worker/time-budget.ts";
import { asWorkerFailure, type WorkerFailure } from "../../worker/worker-failure.ts";
import { featuresChunk, ownFeaturesChunk } from "./features-chunk.ts";
import { ownScoreChunk, scoreChunk } from "./score-chunk.ts";
import { HEADS_PER_PASS, scoreHeads } from "./score-heads.ts";

/** An alarm may run for 15 minutes; it ends before, and the next one continues with what is missing. */
const ALARM_BUDGET_MS = 10 * 60 * 1000;
/** After so many failures in a row it pauses until the next call of `ensure`. */
const MAX_FAILURES = 8;

/** Passes over the features in one alarm: it has 30 s of CPU time, and 100,000 tracks take one. */
const MAX_PASSES = 8;

/** The outcome of a step: the gpu-worker processed tracks, heads were scored here, or all is done. */
type Step = "sent-tracks" | "scored-heads" | "finished";

const STATE = "state";
const State = z.object({
  encoderVersion: Sha256,
  failures: z.int().nonnegative(),
  reason: z.string().nullable(),
  /** Time of the next attempt at the earliest, in milliseconds since 1970. */
  nextAt: z.number(),
  /** Time since which it pauses until the next call of `ensure`. */
  restsSince: z.iso.datetime().nullable().default(null),
});
type State = z.infer<typeof State>;

/**
 * Scores the catalogue with one encoder: computes features of tracks and each listener's best scores from
 * them, or scores alone for models without a head. The object is named by the encoder's version, so any
 * number of requests start one run, and it is the only writer of the encoder's blocks of features. Each
 * step reads from D1 what is missing: there is no list to lose.
 */
export class CatalogueScoring extends DurableObject<Env> {
  /**
   * Starts a run, unless one is under way or due.
   *
   * @returns why scoring is paused, or null
   */
  async ensure(encoderVersion: string): Promise<string | null> {
    const state = (await this.#read()) ?? {
      encoderVersion: Sha256.parse(encoderVersion),
      failures: 0,
      reason: null,
      nextAt: 0,
      restsSince: null,
    };
    if ((await this.ctx.storage.getAlarm()) === null && !this.#isRunning) {
      await this.#write({ ...state, restsSince: null });
      await this.ctx.storage.setAlarm(Math.max(Date.now(), state.nextAt));
    }
    return state.reason;
  }

  /** Returns since when and why it is paused. @returns null if it isn't */
  async pause(): Promise<{ since: string; reason: string } | null> {
    const state = await this.#read();
    if (state === null || state.restsSince === null) return null;
    return { since: state.restsSince, reason: state.reason ?? "No reason was given." };
  }

  /**
   * Compacts a block of features. Does nothing during a run: the next night tries again.
   *
   * @returns number of rows left behind
   */
  async compact(encoderVersion: string, block: number): Promise<number> {
    const encoder = await findEncoder(this.env.DB, Sha256.parse(encoderVersion));
    return encoder === null || this.#isRunning ? 0 : compactBlock(this.env, encoder, block);
  }

  #isRunning = false;

  override async alarm(): Promise<void> {
    const state = await this.#read();
    if (state === null) return;
    this.#isRunning = true;
    const budget = timeBudget(ALARM_BUDGET_MS);
    let failures = state.failures;
    try {
      let passes = 0;
      for (;;) {
        const began = Date.now();
        const step = await this.#step(state.encoderVersion, budget.signal);
        if (step === "sent-tracks") {
          const gpuSeconds = (Date.now() - began) / 1000;
          await recordUsage(this.env.DB, new Map([["gpuSeconds", gpuSeconds]]));
        }
        if (failures > 0 || step === "finished") {
          failures = 0;
          await this.#write({ ...state, failures, reason: null, nextAt: 0 });
        }
        if (step === "finished") break;
        if (step === "scored-heads" && ++passes === MAX_PASSES) {
          await this.ctx.storage.setAlarm(Date.now());
          break;
        }
      }
    } catch (error) {
      if (budget.signal.aborted) {
        await this.ctx.storage.setAlarm(Date.now());
      } else {
        await this.#retryOrPause({ ...state, failures }, asWorkerFailure(error));
      }
    } finally {
      budget.release();
      this.#isRunning = false;
    }
  }

  /**
   * Scores heads without scores first: that needs no gpu-worker, and a listener waits for it. Then the
   * catalogue and uploads take turns, a chunk and a track. Stale scores are renewed once all features are
   * stored.
   */
  async #step(encoderVersion: Sha256, signal: AbortSignal): Promise<Step> {
    const { env } = this;
    const { storage } = this.ctx;
    const encoder = await findEncoder(env.DB, encoderVersion);
    const isFirst = encoder?.revision === 0;
    const unscored =
      encoder && !isFirst ? await unscoredHeads(env.DB, encoder, HEADS_PER_PASS) : [];
    if (encoder && unscored.length > 0) {
      await scoreHeads(env, encoder, unscored);
      return "scored-heads";
    }
    const chunks = [
      async () =>
        (await (encoder
          ? featuresChunk(env, storage, encoder, signal)
          : scoreChunk(env, storage, encoderVersion, signal))) > 0,
      () =>
        encoder
          ? ownFeaturesChunk(env, encoder, signal)
          : ownScoreChunk(env, encoderVersion, signal),
    ];
    this.#isOwnTurn = !this.#isOwnTurn;
    for (const chunk of this.#isOwnTurn ? chunks.toReversed() : chunks) {
      if (await chunk()) return "sent-tracks";
    }
    const stale = encoder ? await staleHeads(env.DB, encoder, HEADS_PER_PASS) : [];
    if (encoder && stale.length > 0) await scoreHeads(env, encoder, stale);
    return stale.length > 0 ? "scored-heads" : "finished";
  }

  #isOwnTurn = true;

  /** Waiting for a place in the queue is no failure: other jobs are merely ahead. */
  async #retryOrPause(state: State, failure: WorkerFailure): Promise<void> {
    const failures = failure.waitFor === "queue" ? state.failures : state.failures + 1;
    const delayMs = retryDelayMs(Math.max(1, failures), failure.retryAfterMs, Math.random);
    const nextAt = Date.now() + delayMs;
    const retries = failure.retryable && failures < MAX_FAILURES;
    const restsSince = retries ? null : new Date().toISOString();
    await this.#write({ ...state, failures, reason: failure.message, nextAt, restsSince });
    if (retries) await this.ctx.storage.setAlarm(nextAt);
  }

  async #read(): Promise<State | null> {
    const stored = await this.ctx.storage.get(STATE);
    return stored === undefined ? null : State.parse(stored);
  }

  #write(state: State): Promise<void> {
    return this.ctx.storage.put(STATE, state);
  }
}
