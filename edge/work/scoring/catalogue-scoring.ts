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

/** An alarm may run for 15 minutes; it leaves before and the next one goes on with what is missing. */
const ALARM_BUDGET_MS = 10 * 60 * 1000;
/** After so many failures in a row it rests until somebody asks again. */
const MAX_FAILURES = 8;

/** Passes over the features in one alarm: it has 30 s of CPU time, a pass of 100,000 tracks takes one. */
const MAX_PASSES = 8;

/** What one step did: asked the gpu-worker, or scored a few heads here. */
type Step = "asked" | "scored" | "nothing-left";

const STATE = "state";
const State = z.object({
  encoderVersion: Sha256,
  failures: z.int().nonnegative(),
  reason: z.string().nullable(),
  /** Not before this moment, in milliseconds since 1970. */
  nextAt: z.number(),
  /** Since when it rests until somebody asks again. */
  restsSince: z.iso.datetime().nullable().default(null),
});
type State = z.infer<typeof State>;

/**
 * Works the catalogue through with one encoder: features of tracks and each listener's best scores from
 * them, or scores alone where a model is used whole. Named by the encoder's version, so that any number
 * of requests start one run, and the only one that writes the encoder's blocks of features. What is
 * missing is read from D1 before each step: there is no list to lose.
 */
export class CatalogueScoring extends DurableObject<Env> {
  /**
   * Starts a run, unless one is under way or due.
   *
   * @returns why scoring stands still, if it does
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

  /** Since when and why it rests until somebody asks again, or null where it does not. */
  async rest(): Promise<{ since: string; reason: string } | null> {
    const state = await this.#read();
    if (state === null || state.restsSince === null) return null;
    return { since: state.restsSince, reason: state.reason ?? "No reason was given." };
  }

  /**
   * Leaves the rows of a block behind that are nobody's any more. While a run is under way nothing is done:
   * there is another night.
   *
   * @returns how many
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
        if (step === "asked") {
          const gpuSeconds = (Date.now() - began) / 1000;
          await recordUsage(this.env.DB, new Map([["gpuSeconds", gpuSeconds]]));
        }
        if (failures > 0 || step === "nothing-left") {
          failures = 0;
          await this.#write({ ...state, failures, reason: null, nextAt: 0 });
        }
        if (step === "nothing-left") break;
        if (step === "scored" && ++passes === MAX_PASSES) {
          await this.ctx.storage.setAlarm(Date.now());
          break;
        }
      }
    } catch (error) {
      if (budget.signal.aborted) {
        await this.ctx.storage.setAlarm(Date.now());
      } else {
        await this.#rest({ ...state, failures: failures + 1 }, asWorkerFailure(error));
      }
    } finally {
      budget.release();
      this.#isRunning = false;
    }
  }

  /**
   * Heads that have no scores yet come first: they need no gpu-worker, and somebody waits for them.
   * Scores of heads that have some are renewed when all features are there. In between the catalogue and
   * what keys have uploaded take turns, a chunk and a track.
   */
  async #step(encoderVersion: Sha256, signal: AbortSignal): Promise<Step> {
    const { env } = this;
    const encoder = await findEncoder(env.DB, encoderVersion);
    const isFirst = encoder?.revision === 0;
    const unscored =
      encoder && !isFirst ? await unscoredHeads(env.DB, encoder, HEADS_PER_PASS) : [];
    if (encoder && unscored.length > 0) {
      await scoreHeads(env, encoder, unscored);
      return "scored";
    }
    const chunks = [
      async () =>
        (await (encoder
          ? featuresChunk(env, encoder, signal)
          : scoreChunk(env, encoderVersion, signal))) > 0,
      () =>
        encoder
          ? ownFeaturesChunk(env, encoder, signal)
          : ownScoreChunk(env, encoderVersion, signal),
    ];
    this.#isOwnTurn = !this.#isOwnTurn;
    for (const chunk of this.#isOwnTurn ? chunks.toReversed() : chunks) {
      if (await chunk()) return "asked";
    }
    const stale = encoder ? await staleHeads(env.DB, encoder, HEADS_PER_PASS) : [];
    if (encoder && stale.length > 0) await scoreHeads(env, encoder, stale);
    return stale.length > 0 ? "scored" : "nothing-left";
  }

  #isOwnTurn = true;

  async #rest(state: State, failure: WorkerFailure): Promise<void> {
    const delayMs = retryDelayMs(state.failures, failure.retryAfterMs, Math.random);
    const nextAt = Date.now() + delayMs;
    const goesOn = failure.retryable && state.failures < MAX_FAILURES;
    const restsSince = goesOn ? null : new Date().toISOString();
    await this.#write({ ...state, reason: failure.message, nextAt, restsSince });
    if (goesOn) await this.ctx.storage.setAlarm(nextAt);
  }

  async #read(): Promise<State | null> {
    const stored = await this.ctx.storage.get(STATE);
    return stored === undefined ? null : State.parse(stored);
  }

  #write(state: State): Promise<void> {
    return this.ctx.storage.put(STATE, state);
  }
}
