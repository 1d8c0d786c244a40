import { waitUntil } from "cloudflare:workers";
import { recordUsage, type UsageName } from "./usage-days.ts";

/** Often enough to look at, seldom enough to cost nothing. */
const FLUSH_MS = 10_000;

const counted = new Map<UsageName, number>();
let flushedAt = 0;

/**
 * Counts something that happens with every request. Counts are gathered in memory and written now and
 * then, after the answer: an isolate that ends takes those of its last seconds with it.
 */
export function countUsage(env: Env, name: UsageName): void {
  counted.set(name, (counted.get(name) ?? 0) + 1);
  const now = Date.now();
  if (now - flushedAt < FLUSH_MS) return;
  flushedAt = now;
  const amounts = new Map(counted);
  counted.clear();
  waitUntil(
    recordUsage(env.DB, amounts).catch((error: unknown) => {
      console.error(`usage was not counted: ${String(error)}`);
    }),
  );
}
