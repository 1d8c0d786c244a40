/** A signal that fires when the time is up, unless it is released before. */
export interface TimeBudget {
  signal: AbortSignal;
  release(): void;
}

/**
 * A bound on the time that something may take. Unlike AbortSignal.timeout it can be released: a
 * timer that is still running keeps a Durable Object in memory.
 */
export function timeBudget(ms: number): TimeBudget {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`${ms / 1000} s are over`, "TimeoutError"));
  }, ms);
  return { signal: controller.signal, release: () => clearTimeout(timer) };
}
