/** What one element owns: everything registered here ends together, newest first. */
export interface DisposalScope {
  readonly signal: AbortSignal;
  /** Runs `dispose` at the end of the scope, or at once where it has already ended. */
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

/** Opens a scope. Disposing it twice is harmless. */
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
