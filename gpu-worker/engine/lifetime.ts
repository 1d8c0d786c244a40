/** How much longer than its time something may stay, as a part of that. */
const LATENESS = 0.1;
const MIN_PAUSE_MS = 100;

/**
 * Has a cache drop what is old, again and again, without keeping the process alive.
 *
 * @param lifetimeMs how long things stay, up to a tenth more; undefined: for ever
 * @param drop takes away what was put there before a moment (milliseconds since 1970)
 */
export function dropWhatIsOld(
  lifetimeMs: number | undefined,
  drop: (before: number) => void,
): void {
  if (lifetimeMs === undefined) return;
  const pauseMs = Math.max(MIN_PAUSE_MS, lifetimeMs * LATENESS);
  setInterval(() => drop(Date.now() - lifetimeMs), pauseMs).unref();
}
