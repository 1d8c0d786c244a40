/** A place in the gpu-worker's queue, or the gpu-worker itself: to start, or to come back. */
export type WaitFor = "queue" | "away";

/** Why the gpu-worker gave no result, and whether a retry may help. */
export class WorkerFailure extends Error {
  override name = "WorkerFailure";
  readonly retryable: boolean;
  /** Set if the input itself can't be used (the worker's 422). */
  readonly unusableInput: boolean;
  /** The reason to wait before a retry that doesn't count as an attempt; null if there is none. */
  readonly waitFor: WaitFor | null;
  /** The worker's Retry-After, in milliseconds. */
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

/** Returns the failure of a status, of a response or of a problem line. */
export function failureOfStatus(status: number, reason: string, retryAfterMs = 0): WorkerFailure {
  return new WorkerFailure(reason, {
    retryable: status >= 500 || PASSING_STATUSES.includes(status),
    unusableInput: status === 422,
    waitFor: status === 429 ? "queue" : AWAY_STATUSES.includes(status) ? "away" : null,
    retryAfterMs,
  });
}

/**
 * Converts any error to a failure of an attempt. Errors of the edge itself are logged, and their text is
 * not passed on.
 */
export function asWorkerFailure(error: unknown): WorkerFailure {
  if (error instanceof WorkerFailure) return error;
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return new WorkerFailure("Internal error at the edge. Its log has the cause.", {
    retryable: true,
    cause: error,
  });
}
