import { setTimeout as pause } from "node:timers/promises";

/** As in wrangler.toml. */
const EVERY_QUARTER = "*/15 * * * *";
const QUARTER_MS = 15 * 60 * 1000;

/**
 * Does what a deployment's clock does every quarter of an hour, which workerd on this machine does not do
 * by itself: what visitors have uploaded goes when its day is over, what has no score is scored.
 *
 * @param onFault is told why a strike failed; the next comes all the same
 * @param signal stops it
 */
export async function strikeQuarterHours(
  origin: string,
  onFault: (reason: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const strike = `${origin}/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron: EVERY_QUARTER })}`;
  while (!signal.aborted) {
    try {
      await pause(QUARTER_MS, undefined, { signal });
      const response = await fetch(strike, { signal });
      await response.arrayBuffer();
      if (!response.ok) onFault(`the clock's strike was answered with ${response.status}`);
    } catch (error) {
      if (!signal.aborted) onFault(error instanceof Error ? error.message : String(error));
    }
  }
}
