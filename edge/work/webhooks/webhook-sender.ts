import { DurableObject } from "cloudflare:workers";
import type { WebhookAttempt, WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { settingsOf } from "../../base/env.ts";
import { parseRetryAfter } from "../../worker/retry-delay.ts";
import { timeBudget } from "../../worker/time-budget.ts";
import {
  type DeliveryState,
  findPending,
  type PendingDelivery,
  updateDelivery,
} from "./deliveries.ts";
import { receiverFault } from "./receiver.ts";
import { signatureHeaders, signingSecretsOf } from "./signature.ts";

const ID = "delivery";
/** When to try again if the database can't be reached. */
const TROUBLE_MS = 60_000;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Delays between attempts, before jitter: 23.6 hours in all. */
const DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  8 * HOUR_MS,
  8 * HOUR_MS,
];
const MAX_RETRY_AFTER_MS = HOUR_MS;
/** The share of a delay that chance may take away, so that joint failures don't return together. */
const JITTER = 0.2;

/** Attempts of a delivery, before it is requested again. */
export const MAX_ATTEMPTS: number = DELAYS_MS.length + 1;

const ANSWER_TIMEOUT_MS = 15_000;
const GONE = 410;

/**
 * The clock of one delivery, named by its id: one attempt at a time, each in an alarm. The state of the
 * delivery is in D1; this object remembers its id, and nothing after the end.
 */
export class WebhookSender extends DurableObject<Env> {
  /** Sends at once, unless an attempt is due anyway. */
  async send(id: WebhookDeliveryId): Promise<void> {
    await this.ctx.storage.put(ID, id);
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now());
    }
  }

  override async alarm(): Promise<void> {
    const id = await this.ctx.storage.get<WebhookDeliveryId>(ID);
    if (id === undefined) return;
    let next: Date | null;
    try {
      next = await attemptDelivery(this.env, id);
    } catch (error) {
      console.error(`webhook ${id}: ${error instanceof Error ? error.stack : String(error)}`);
      next = new Date(Date.now() + TROUBLE_MS);
    }
    if (next === null) await this.ctx.storage.deleteAll();
    else await this.ctx.storage.setAlarm(next);
  }
}

/**
 * Returns how long to wait after a failed attempt, at least as long as the receiver asked for, up to an
 * hour.
 *
 * @param attempts so far, at least 1
 * @param retryAfterMs what the receiver asked for
 * @param random uniform in [0, 1)
 * @returns milliseconds; null after the last attempt
 * @see https://www.standardwebhooks.com, "Deliverability and reliability"
 */
export function nextAttemptDelayMs(
  attempts: number,
  retryAfterMs: number,
  random: () => number,
): number | null {
  const delay = DELAYS_MS[attempts - 1];
  if (delay === undefined) return null;
  const jittered = Math.round(delay * (1 - JITTER * random()));
  return Math.max(jittered, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}

/** @returns when the next attempt is due; null after the end */
async function attemptDelivery(env: Env, id: WebhookDeliveryId): Promise<Date | null> {
  const delivery = await findPending(env.DB, id, new Date());
  if (delivery === null) return null;
  const state = refusal(env, delivery) ?? (await send(env, id, delivery));
  await updateDelivery(env.DB, id, state, new Date());
  return state.nextAttemptAt === null ? null : new Date(state.nextAttemptAt);
}

/** Returns the final state if sending must stop, else null. */
function refusal(
  env: Env,
  { url, attempts, isRevoked, isGone }: PendingDelivery,
): DeliveryState | null {
  const at = new Date().toISOString();
  const failed = (reason: string): DeliveryState => ({
    state: "failed",
    attempts: [...attempts, { at, status: null, reason }],
    nextAttemptAt: null,
  });
  if (isRevoked) return failed("The key was revoked.");
  // The settings decide which addresses may be called, and may have changed.
  const fault = receiverFault(url, settingsOf(env));
  if (fault !== null) return failed(`The webhook ${fault}.`);
  // Not "gone": the day without deliveries begins with the receiver's own response.
  return isGone ? failed("The receiver answered another delivery 410 Gone.") : null;
}

async function send(
  env: Env,
  id: WebhookDeliveryId,
  { owner, url, body, attempts, earlierAttempts }: PendingDelivery,
): Promise<DeliveryState> {
  const sentAt = new Date();
  const secrets = await signingSecretsOf(settingsOf(env), owner);
  const { status, reason, retryAfterMs } = await post(url, body, {
    "Content-Type": "application/json",
    "User-Agent": "LEMONS-Webhooks/1",
    ...signatureHeaders(secrets, { id, sentAt, body }),
  });
  const all: WebhookAttempt[] = [...attempts, { at: sentAt.toISOString(), status, reason }];
  if (reason === null) return { state: "delivered", attempts: all, nextAttemptAt: null };
  if (status === GONE) return { state: "gone", attempts: all, nextAttemptAt: null };
  const delayMs = nextAttemptDelayMs(all.length - earlierAttempts, retryAfterMs, Math.random);
  if (delayMs === null) return { state: "failed", attempts: all, nextAttemptAt: null };
  const nextAttemptAt = new Date(Date.now() + delayMs).toISOString();
  return { state: "pending", attempts: all, nextAttemptAt };
}

/** The outcome of one request. */
interface Outcome {
  status: number | null;
  /** Why it doesn't count as delivered; null if it does. */
  reason: string | null;
  retryAfterMs: number;
}

/** Posts, and reads nothing but the status and `Retry-After` of the response. */
async function post(url: string, body: string, headers: HeadersInit): Promise<Outcome> {
  const budget = timeBudget(ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      // A redirect could lead to an address that no webhook may have.
      redirect: "manual",
      signal: budget.signal,
      headers,
      body,
    });
    await response.body?.cancel();
    const { status } = response;
    if (response.ok) return { status, reason: null, retryAfterMs: 0 };
    const isRedirect = status >= 300 && status < 400;
    return {
      status,
      reason: isRedirect ? "Redirects are not followed." : `It answered ${status}.`,
      retryAfterMs: parseRetryAfter(response.headers.get("Retry-After"), new Date()),
    };
  } catch (error) {
    if (!budget.signal.aborted) {
      // The network's words stay inside: they would reveal which addresses exist.
      console.warn(`webhook not delivered: ${error instanceof Error ? error.message : error}`);
    }
    const reason = budget.signal.aborted
      ? `It did not answer within ${ANSWER_TIMEOUT_MS / 1000} s.`
      : "It could not be reached.";
    return { status: null, reason, retryAfterMs: 0 };
  } finally {
    budget.release();
  }
}
