/** A signal that fires when the time is up, unless it is released before. */
export interface TimeBudget {
  signal: AbortSignal;
  release(): void;
}

/**
 * Creates a time limit. Unlike AbortSignal.timeout it can be released: a running timer keeps a Durable
 * Object in memory.
 */
export function timeBudget(ms: number): TimeBudget {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`The limit of ${ms / 1000} s is over.`, "TimeoutError"));
  }, ms);
  return { signal: controller.signal, release: () => clearTimeout(timer) };
}
