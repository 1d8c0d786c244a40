import { waitUntil } from "cloudflare:workers";
import type { Usage, UsageDay } from "@lemons/shared/contract/usage";
import { z } from "zod";
import { settingsOf } from "../base/env.ts";
import { rowsOf, statement } from "../base/rows.ts";

/** The name of a daily counter. */
export type UsageName = Exclude<keyof UsageDay, "day">;

const DAY_MS = 24 * 60 * 60 * 1000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Adds to today's counters. */
export async function recordUsage(
  db: D1Database,
  amounts: ReadonlyMap<UsageName, number>,
): Promise<void> {
  const day = dayOf(Date.now());
  const added = [...amounts].filter(([, amount]) => amount > 0);
  if (added.length === 0) return;
  await db.batch(
    added.map(([name, amount]) =>
      statement(
        db,
        `INSERT INTO usage_days (day, name, value) VALUES (?, ?, ?)
         ON CONFLICT (day, name) DO UPDATE SET value = value + excluded.value`,
        ...[day, name, amount],
      ),
    ),
  );
}

/** One write in 10 s an isolate costs next to nothing and loses little. */
const FLUSH_MS = 10_000;

const pending = new Map<UsageName, number>();
let flushedAt = 0;

/**
 * Counts an event that every request may cause. Gathers counts in memory and writes them now and then,
 * after the response; an isolate that is evicted loses those of its last seconds.
 */
export function countUsage(env: Env, name: UsageName): void {
  pending.set(name, (pending.get(name) ?? 0) + 1);
  const now = Date.now();
  if (now - flushedAt < FLUSH_MS) return;
  flushedAt = now;
  const amounts = new Map(pending);
  pending.clear();
  waitUntil(
    recordUsage(env.DB, amounts).catch((error: unknown) => {
      console.error(`usage was not recorded: ${String(error)}`);
    }),
  );
}

const UsageRow = z.object({ day: z.iso.date(), name: z.string(), value: z.number() });
const QueueRow = z.object({
  planned: z.int(),
  running: z.int(),
  overdue: z.int(),
  deadLetters: z.int(),
});

/** Returns the usage of the last days and the state of the queue. */
export async function usageOf(env: Env, dayCount: number): Promise<Usage> {
  const { DB } = env;
  const now = Date.now();
  const [counters, queue] = await DB.batch([
    statement(
      DB,
      "SELECT day, name, value FROM usage_days WHERE day >= ?",
      dayOf(now - (dayCount - 1) * DAY_MS),
    ),
    statement(
      DB,
      `SELECT coalesce(sum(planned), 0) AS planned, coalesce(sum(running), 0) AS running,
         (SELECT count(*) FROM batch_items WHERE state = 'running' AND due_at < ?) AS overdue,
         (SELECT count(*) FROM dead_letters) AS deadLetters
       FROM batch_tallies`,
      new Date(now).toISOString(),
    ),
  ]);
  const rows = rowsOf(UsageRow, counters);
  const amountOf = (day: string, name: UsageName) =>
    rows.find((row) => row.day === day && row.name === name)?.value ?? 0;
  const days = Array.from({ length: dayCount }, (_, i): UsageDay => {
    const day = dayOf(now - i * DAY_MS);
    return {
      day,
      explanationsStored: amountOf(day, "explanationsStored"),
      explanationsComputed: amountOf(day, "explanationsComputed"),
      explanationsAwaited: amountOf(day, "explanationsAwaited"),
      gpuSeconds: amountOf(day, "gpuSeconds"),
    };
  });
  const total = (name: UsageName) => days.reduce((sum, day) => sum + day[name], 0);
  const stored = total("explanationsStored");
  const answers = stored + total("explanationsComputed") + total("explanationsAwaited");
  const gpuSeconds = total("gpuSeconds");
  return {
    days,
    cacheHitRate: answers === 0 ? null : stored / answers,
    gpuSeconds,
    gpuCost: {
      amount: (gpuSeconds / 3600) * settingsOf(env).GPU_COST_PER_HOUR,
      currency: "USD",
    },
    queue: rowsOf(QueueRow, queue)[0]!,
  };
}
