/** Owns listeners, timers and requests of one element and ends them together, newest first. */
export interface DisposalScope {
  readonly signal: AbortSignal;
  /** Calls `dispose` at the end of the scope, or at once if it has ended. */
  add(dispose: () => void): void;
  listen<E extends Event = Event>(
    target: EventTarget,
    type: string,
    listener: (event: E) => void,
  ): void;
  /** Returns a function that cancels the timer early. */
  timeout(callback: () => void, milliseconds: number): () => void;
  dispose(): void;
}

/** Creates a scope. It may be disposed twice. */
export function createDisposalScope(): DisposalScope {
  const controller = new AbortController();
  const disposers: (() => void)[] = [];

  function add(dispose: () => void): void {
    if (controller.signal.aborted) dispose();
    else disposers.push(dispose);
  }

  return {
    signal: controller.signal,
    add,
    listen(target, type, listener) {
      const handler = listener as (event: Event) => void;
      target.addEventListener(type, handler);
      add(() => target.removeEventListener(type, handler));
    },
    timeout(callback, milliseconds) {
      const timer = setTimeout(callback, milliseconds);
      const cancel = () => clearTimeout(timer);
      add(cancel);
      return cancel;
    },
    dispose() {
      if (controller.signal.aborted) return;
      controller.abort();
      for (const dispose of disposers.splice(0).reverse()) dispose();
    },
  };
}

/** Waits; rejects with the signal's reason once it is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
