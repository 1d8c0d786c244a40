import { inspect } from "node:util";
import { InputError } from "../engine/input-error.ts";
import { visibleLines, visibleText } from "./visible-text.ts";

export const EXIT_DONE = 0;
export const EXIT_FAILURE = 1;
export const EXIT_BAD_INPUT = 2;

/** 128 and the signal's number. */
export const EXIT_SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof EXIT_SIGNALS;

/** Thrown by a command that a signal stopped, once it has saved what it could. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: StopSignal;

  /** @param message what was saved, and how to continue */
  constructor(signal: StopSignal, message: string) {
    super(message);
    this.signal = signal;
  }
}

/**
 * Runs an entry point. An error becomes one line on stderr, preceded by its stack if LEMONS_DEBUG is
 * set.
 *
 * @returns the exit code: 0 done, 2 bad input, 1 failure, 130 or 143 stopped by a signal
 */
export async function exitCodeOf(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return EXIT_DONE;
  } catch (error) {
    if (process.env.LEMONS_DEBUG) process.stderr.write(`${visibleLines(inspect(error))}\n`);
    process.stderr.write(`lemons: ${visibleText(oneLine(error))}\n`);
    if (error instanceof Interrupted) return EXIT_SIGNALS[error.signal];
    return error instanceof InputError ? EXIT_BAD_INPUT : EXIT_FAILURE;
  }
}

/** An InputError explains itself; any other error is printed with its cause. */
function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes =
    error instanceof InputError || !(error.cause instanceof Error) ? [] : [error.cause.message];
  const text = [error.message || error.name, ...causes].join(" Cause: ");
  return text.replace(/\s*\n\s*/g, " ").trim();
}

/** A stop request by SIGINT or SIGTERM, for work that ends at a point of its own choosing. */
export interface SignalStop extends Disposable {
  /** Aborted by the first signal. */
  signal: AbortSignal;
  /** The first signal received. */
  readonly received: StopSignal | null;
}

/** Catches SIGINT and SIGTERM until disposed. A second signal ends the process at once. */
export function stopOnSignal(): SignalStop {
  const controller = new AbortController();
  let received: StopSignal | null = null;
  const onSignal = (signal: StopSignal) => {
    if (received) process.exit(EXIT_SIGNALS[signal]);
    received = signal;
    controller.abort();
  };
  const names = Object.keys(EXIT_SIGNALS) as StopSignal[];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
