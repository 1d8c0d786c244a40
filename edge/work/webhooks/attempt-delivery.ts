import type { WebhookAttempt, WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { settingsOf } from "../../base/env.ts";
import { parseRetryAfter } from "../../worker/retry-delay.ts";
import { timeBudget } from "../../worker/time-budget.ts";
import { nextAttemptDelayMs } from "./attempt-schedule.ts";
import { findPending, type PendingDelivery, type Standing, updateDelivery } from "./deliveries.ts";
import { receiverFault } from "./receiver-fault.ts";
import { signatureHeaders, signingSecretsOf } from "./signature.ts";

const ANSWER_TIMEOUT_MS = 15_000;
const GONE = 410;

/** What came of one request. */
interface Outcome {
  status: number | null;
  /** Why it does not count as delivered. */
  reason: string | null;
  retryAfterMs: number;
}

/**
 * One attempt at a delivery.
 *
 * @returns when the next is due; null where there is none
 */
export async function attemptDelivery(env: Env, id: WebhookDeliveryId): Promise<Date | null> {
  const delivery = await findPending(env.DB, id, new Date());
  if (delivery === null) return null;
  const standing = refusal(env, delivery) ?? (await tried(env, id, delivery));
  await updateDelivery(env.DB, id, standing, new Date());
  return standing.nextAttemptAt === null ? null : new Date(standing.nextAttemptAt);
}

/** Of what is not to be sent any more, or null. */
function refusal(env: Env, { url, attempts, isRevoked, isGone }: PendingDelivery): Standing | null {
  const at = new Date().toISOString();
  const ended = (state: "failed" | "gone", reason: string): Standing => ({
    state,
    attempts: [...attempts, { at, status: null, reason }],
    nextAttemptAt: null,
  });
  if (isRevoked) return ended("failed", "The key was revoked.");
  // What may be called is a setting, and may have changed.
  const fault = receiverFault(url, settingsOf(env));
  if (fault !== null) return ended("failed", `The webhook ${fault}.`);
  // Not "gone": the day that nothing is sent there begins with the receiver's own answer.
  return isGone ? ended("failed", "The receiver answered another delivery 410 Gone.") : null;
}

async function tried(
  env: Env,
  id: WebhookDeliveryId,
  { owner, url, body, attempts, earlierAttempts }: PendingDelivery,
): Promise<Standing> {
  const sentAt = new Date();
  const secrets = await signingSecretsOf(settingsOf(env), owner);
  const { status, reason, retryAfterMs } = await post(url, body, {
    "Content-Type": "application/json",
    "User-Agent": "LEMONS-Webhooks/1",
    ...(await signatureHeaders(secrets, { id, sentAt, body })),
  });
  const all: WebhookAttempt[] = [...attempts, { at: sentAt.toISOString(), status, reason }];
  if (reason === null) return { state: "delivered", attempts: all, nextAttemptAt: null };
  if (status === GONE) return { state: "gone", attempts: all, nextAttemptAt: null };
  const delayMs = nextAttemptDelayMs(all.length - earlierAttempts, retryAfterMs, Math.random);
  return delayMs === null
    ? { state: "failed", attempts: all, nextAttemptAt: null }
    : {
        state: "pending",
        attempts: all,
        nextAttemptAt: new Date(Date.now() + delayMs).toISOString(),
      };
}

/** Posts, and looks at the status alone: what the receiver says is none of the caller's business. */
async function post(url: string, body: string, headers: HeadersInit): Promise<Outcome> {
  const budget = timeBudget(ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      // A redirect could lead to where no webhook may.
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
      // What the network says of an address stays inside: it would answer questions about addresses.
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
