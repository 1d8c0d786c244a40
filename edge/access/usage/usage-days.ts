import type { Usage, UsageDay } from "@lemons/shared/contract/usage";
import { z } from "zod";
import { settingsOf } from "../../base/env.ts";

/** What is counted a day. */
export type UsageName = Exclude<keyof UsageDay, "day">;

const DAY_MS = 24 * 60 * 60 * 1000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Adds to today's counts. */
export async function recordUsage(
  db: D1Database,
  amounts: ReadonlyMap<UsageName, number>,
): Promise<void> {
  const statement = db.prepare(
    `INSERT INTO usage_days (day, name, value) VALUES (?, ?, ?)
     ON CONFLICT (day, name) DO UPDATE SET value = value + excluded.value`,
  );
  const day = dayOf(Date.now());
  const added = [...amounts].filter(([, amount]) => amount > 0);
  if (added.length === 0) return;
  await db.batch(added.map(([name, amount]) => statement.bind(day, name, amount)));
}

const Row = z.object({ day: z.iso.date(), name: z.string(), value: z.number() });

/** How the service was used in the last days, and what waits for it. */
export async function usageOf(env: Env, dayCount: number): Promise<Usage> {
  const now = Date.now();
  const [counted, queue, overdue, dead] = await env.DB.batch([
    env.DB.prepare("SELECT day, name, value FROM usage_days WHERE day >= ?").bind(
      dayOf(now - (dayCount - 1) * DAY_MS),
    ),
    env.DB.prepare(
      `SELECT coalesce(sum(planned), 0) AS planned, coalesce(sum(running), 0) AS running
       FROM batch_tallies`,
    ),
    env.DB.prepare(
      "SELECT count(*) AS overdue FROM batch_items WHERE state = 'running' AND due_at < ?",
    ).bind(new Date(now).toISOString()),
    env.DB.prepare("SELECT count(*) AS deadLetters FROM dead_letters"),
  ]);
  const rows = z.array(Row).parse(counted?.results);
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
    queue: z
      .object({
        planned: z.int(),
        running: z.int(),
        overdue: z.int(),
        deadLetters: z.int(),
      })
      .parse({
        ...(queue?.results[0] as object),
        ...(overdue?.results[0] as object),
        ...(dead?.results[0] as object),
      }),
  };
}
