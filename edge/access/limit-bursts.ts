import type { Context } from "hono";
import { ProblemError } from "../base/problems/problem.ts";
import { accountOf } from "./account.ts";
import type { AppEnv } from "./app-env.ts";

/** The period of the binding `BURSTS` in wrangler.toml. */
const PERIOD_SECONDS = 10;
const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Refuses whoever sends too many requests that change or start something in a short time. The
 * binding counts approximately and by place: good for bursts, not for budgets. Who runs the service
 * is not limited.
 *
 * @throws ProblemError too-many-requests
 */
export async function limitBursts(c: Context<AppEnv>): Promise<void> {
  if (SAFE_METHODS.includes(c.req.method) || c.get("caller").scopes.has("admin")) return;
  const { success } = await c.env.BURSTS.limit({ key: (await accountOf(c)).name });
  if (!success) throw new ProblemError({ kind: "too-many-requests", seconds: PERIOD_SECONDS });
}
