import { inspect } from "node:util";
import { InputError } from "../engine/input-error.ts";

export const EXIT_DONE = 0;
export const EXIT_FAILURE = 1;
export const EXIT_BAD_INPUT = 2;

/** 128 and the signal's number. */
export const EXIT_SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** The user's signal ended a command that had something to put in order first. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: keyof typeof EXIT_SIGNALS;

  /** @param message what is left, and how to go on */
  constructor(signal: keyof typeof EXIT_SIGNALS, message: string) {
    super(message);
    this.signal = signal;
  }
}

/**
 * Runs an entry's work. What goes wrong becomes one line on stderr; with LEMONS_DEBUG set, a stack.
 *
 * @returns the exit code: 0 done, 2 bad input, 1 failure, 130 or 143 stopped by a signal
 */
export async function exitCodeOf(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return EXIT_DONE;
  } catch (error) {
    if (process.env.LEMONS_DEBUG) process.stderr.write(`${inspect(error)}\n`);
    process.stderr.write(`lemons: ${oneLine(error)}\n`);
    if (error instanceof Interrupted) return EXIT_SIGNALS[error.signal];
    return error instanceof InputError ? EXIT_BAD_INPUT : EXIT_FAILURE;
  }
}

/** Bad input explains itself; of a failure the cause is told too. */
function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes =
    error instanceof InputError || !(error.cause instanceof Error) ? [] : [error.cause.message];
  const text = [error.message || error.name, ...causes].join(" Cause: ");
  return text.replace(/\s*\n\s*/g, " ").trim();
}
