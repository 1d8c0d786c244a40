/** A value with subscribers. */
export interface Store<State> {
  get(): State;
  set(next: State): void;
  /** Calls back on each later change. Returns a function that ends the subscription. */
  subscribe(callback: (state: State) => void): () => void;
}

/** Creates a store. */
export function createStore<State>(initial: State): Store<State> {
  let state = initial;
  const subscribers = new Set<(state: State) => void>();
  return {
    get: () => state,
    set(next) {
      if (Object.is(next, state)) return;
      state = next;
      for (const callback of [...subscribers]) callback(state);
    },
    subscribe(callback) {
      subscribers.add(callback);
      return () => subscribers.delete(callback);
    },
  };
}
