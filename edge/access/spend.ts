import type { Context } from "hono";
import { ProblemError } from "../base/problems/problem.ts";
import { type Account, accountOf } from "./account.ts";
import type { AppEnv } from "./app-env.ts";
import type { BudgetState } from "./compute-budget.ts";
import { budgetOf, type Payer } from "./payer.ts";

/** A way to pay for work. */
export interface Spending {
  requestId: string;
  /** @throws ProblemError budget-spent, cost-over-budget */
  reserve(seconds: number): Promise<Payer>;
}

/** Returns the spending of the caller's account. */
export const spendingOf = (c: Context<AppEnv>): Spending => ({
  requestId: c.get("requestId"),
  reserve: (seconds) => reserveSpending(c, seconds),
});

/**
 * Reserves a price in the caller's budget, and reports the rest in the `RateLimit` header.
 *
 * @throws ProblemError budget-spent; cost-over-budget if a whole day's budget isn't enough
 */
async function reserveSpending(c: Context<AppEnv>, seconds: number): Promise<Payer> {
  const account = await accountOf(c);
  const reservation = crypto.randomUUID();
  const limitMs = account.computeSecondsPerDay * 1000;
  const { granted, ...state } = await budgetOf(c.env, account.name).reserve(
    reservation,
    seconds * 1000,
    limitMs,
  );
  describeBudget(c, account, state);
  if (granted) return { account: account.name, reservation, holds: true };
  const remainingSeconds = Math.floor(state.remainingMs / 1000);
  throw new ProblemError(
    seconds > account.computeSecondsPerDay
      ? { kind: "cost-over-budget", seconds, budgetSeconds: account.computeSecondsPerDay }
      : { kind: "budget-spent", seconds, remainingSeconds, retryAfter: inSeconds(state.resetMs) },
  );
}

/** Sets `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10). */
function describeBudget(c: Context<AppEnv>, account: Account, state: BudgetState): void {
  const { computeSecondsPerDay } = account;
  c.header("RateLimit-Policy", `"compute";q=${computeSecondsPerDay};qu="compute-seconds";w=86400`);
  const remaining = Math.floor(state.remainingMs / 1000);
  c.header("RateLimit", `"compute";r=${remaining};t=${inSeconds(state.resetMs)}`);
}

const inSeconds = (ms: number): number => Math.ceil(ms / 1000);
