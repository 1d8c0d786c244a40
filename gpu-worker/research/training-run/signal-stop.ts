import { EXIT_SIGNALS } from "../../commands/exit-code.ts";

type StopSignal = keyof typeof EXIT_SIGNALS;

/** The first signal asks to stop, a second one ends the process at once. */
export interface SignalStop extends Disposable {
  signal: AbortSignal;
  /** Which one it was. */
  readonly received: StopSignal | null;
}

export function stopOnSignal(): SignalStop {
  const controller = new AbortController();
  let received: StopSignal | null = null;
  const hear = (signal: StopSignal) => {
    if (received) process.exit(EXIT_SIGNALS[signal]);
    received = signal;
    controller.abort();
  };
  const names = Object.keys(EXIT_SIGNALS) as StopSignal[];
  for (const name of names) process.on(name, hear);
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    [Symbol.dispose]() {
      for (const name of names) process.off(name, hear);
    },
  };
}
