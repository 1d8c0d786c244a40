import { WorkerFailure } from "../gpu/worker-failure.ts";

/** Few enough that a lost connection costs seconds, many enough that the models load once. */
export const TRACKS_PER_REQUEST = 8;
/** A track that failed is left out until then, so that it does not hold up the others. */
const RETRY_PASSING_MS = 2 * 60 * 1000;
const RETRY_UNUSABLE_MS = 24 * 60 * 60 * 1000;

/** When a track that failed now is to be tried again. */
export function retryAt({ retryable }: { retryable: boolean }): Date {
  return new Date(Date.now() + (retryable ? RETRY_PASSING_MS : RETRY_UNUSABLE_MS));
}

/** The failure of an answer to another question. */
export function foreign(what: string): WorkerFailure {
  return new WorkerFailure(`The gpu-worker answered ${what}.`, { retryable: true });
}
