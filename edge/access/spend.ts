import type { Context } from "hono";
import { ProblemError } from "../base/problems/problem.ts";
import { type Account, accountOf } from "./account.ts";
import type { AppEnv } from "./app-env.ts";
import type { BudgetState } from "./compute-budget.ts";
import { budgetOf, type Payer } from "./payer.ts";

/** Where something is paid for. */
export interface Spending {
  requestId: string;
  /** @throws ProblemError where there is not enough left */
  reserve(seconds: number): Promise<Payer>;
}

/** The spending of whoever asks. */
export const spendingOf = (c: Context<AppEnv>): Spending => ({
  requestId: c.get("requestId"),
  reserve: (seconds) => reserveSpending(c, seconds),
});

/**
 * Sets the price of something aside in the caller's budget, and says in `RateLimit` what is left.
 *
 * @throws ProblemError budget-spent; cost-over-budget where a whole day's budget is not enough
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

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10). */
function describeBudget(c: Context<AppEnv>, account: Account, state: BudgetState): void {
  const { computeSecondsPerDay } = account;
  c.header("RateLimit-Policy", `"compute";q=${computeSecondsPerDay};qu="compute-seconds";w=86400`);
  const remaining = Math.floor(state.remainingMs / 1000);
  c.header("RateLimit", `"compute";r=${remaining};t=${inSeconds(state.resetMs)}`);
}

const inSeconds = (ms: number): number => Math.ceil(ms / 1000);
