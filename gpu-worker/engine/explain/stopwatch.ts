/** Adds up the seconds that the phases of a computation take. */
export interface Stopwatch {
  time<T>(phase: string, work: () => T): T;
  timeAsync<T>(phase: string, work: () => Promise<T>): Promise<T>;
  /** Returns the seconds by phase so far, rounded to milliseconds, and the `total` since the start. */
  seconds(): Record<string, number>;
}

/** @param now monotonic clock in milliseconds */
export function createStopwatch(now: () => number = () => performance.now()): Stopwatch {
  const started = now();
  const spent = new Map<string, number>();
  const add = (phase: string, since: number) =>
    spent.set(phase, (spent.get(phase) ?? 0) + now() - since);

  return {
    time(phase, work) {
      const since = now();
      try {
        return work();
      } finally {
        add(phase, since);
      }
    },
    async timeAsync(phase, work) {
      const since = now();
      try {
        return await work();
      } finally {
        add(phase, since);
      }
    },
    seconds() {
      const all = [...spent, ["total", now() - started] as const];
      return Object.fromEntries(all.map(([phase, ms]) => [phase, Math.round(ms) / 1000]));
    },
  };
}
