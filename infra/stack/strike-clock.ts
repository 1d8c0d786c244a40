import { setTimeout as pause } from "node:timers/promises";
import { Cron } from "croner";
import { unstable_readConfig } from "wrangler";
import { inRepository } from "./repository.ts";

/** The schedules of wrangler.toml, in UTC. */
export function schedules(): string[] {
  const configuration = { config: inRepository("wrangler.toml") };
  return unstable_readConfig(configuration, { hideWarnings: true }).triggers.crons ?? [];
}

/**
 * Triggers the Worker's schedules as a deployment's clock does, which workerd doesn't do by itself
 * on this machine.
 *
 * @param onFault is given the reason of a failed trigger; the next one comes all the same
 * @param signal stops it
 * @param now returns the time; another clock in tests
 */
export async function strikeClock(
  origin: string,
  crons: readonly string[],
  onFault: (reason: string) => void,
  signal: AbortSignal,
  now: () => Date = () => new Date(),
): Promise<void> {
  const clocks = crons.map((cron) => ({ cron, times: new Cron(cron, { timezone: "UTC" }) }));
  await Promise.all(
    clocks.map(async ({ cron, times }) => {
      while (!signal.aborted) {
        const next = times.nextRun(now());
        if (next === null) return;
        try {
          await pause(Math.max(1, next.getTime() - now().getTime()), undefined, { signal });
          await trigger(origin, cron, signal);
        } catch (error) {
          if (!signal.aborted) onFault(error instanceof Error ? error.message : String(error));
        }
      }
    }),
  );
}

/** Triggers one schedule. */
async function trigger(origin: string, cron: string, signal: AbortSignal): Promise<void> {
  const url = `${origin}/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron })}`;
  const response = await fetch(url, { signal });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the schedule "${cron}" failed with status ${response.status}`);
}
