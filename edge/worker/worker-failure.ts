/** A place in the gpu-worker's queue, or the gpu-worker itself: to start, or to come back. */
export type WaitFor = "queue" | "away";

/** Why the gpu-worker gave no result, and whether asking again may help. */
export class WorkerFailure extends Error {
  override name = "WorkerFailure";
  readonly retryable: boolean;
  /** The input itself cannot be worked with (the worker's 422): nobody's fault but the file's. */
  readonly unusableInput: boolean;
  /** What to wait for before another try, which takes no attempt then; null if nothing passes. */
  readonly waitFor: WaitFor | null;
  /** How long the worker asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number;
  /** True if the response began and broke off: the process may have died of the request. */
  readonly brokeOff: boolean;

  constructor(
    message: string,
    options: {
      retryable: boolean;
      unusableInput?: boolean;
      waitFor?: WaitFor | null;
      retryAfterMs?: number;
      brokeOff?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.unusableInput = options.unusableInput ?? false;
    this.waitFor = options.waitFor ?? null;
    this.retryAfterMs = options.retryAfterMs ?? 0;
    this.brokeOff = options.brokeOff ?? false;
  }
}

const PASSING_STATUSES: readonly number[] = [408, 425, 429];
/** Statuses of a platform or gateway whose worker starts, restarts or shuts down. */
const AWAY_STATUSES: readonly number[] = [502, 503, 504];

/** The failure behind a status of the worker, in an answer or in a problem line. */
export function failureOfStatus(status: number, reason: string, retryAfterMs = 0): WorkerFailure {
  return new WorkerFailure(reason, {
    retryable: status >= 500 || PASSING_STATUSES.includes(status),
    unusableInput: status === 422,
    waitFor: status === 429 ? "queue" : AWAY_STATUSES.includes(status) ? "away" : null,
    retryAfterMs,
  });
}

/**
 * Any error as a failure of an attempt. What is not the worker's own doing is logged, and its text
 * stays inside.
 */
export function asWorkerFailure(error: unknown): WorkerFailure {
  if (error instanceof WorkerFailure) return error;
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return new WorkerFailure("Something went wrong at the edge; its log has the cause.", {
    retryable: true,
    cause: error,
  });
}
