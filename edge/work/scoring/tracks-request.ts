import type { Sha256 } from "@lemons/shared/contract/identifier";
import { storeScoreFailure } from "../../catalogue/scores.ts";
import type { TrackFiles } from "../../catalogue/tracks.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";

/** Few enough that a lost connection costs seconds, many enough that the models load once. */
export const TRACKS_PER_REQUEST = 8;
/** A track that failed is left out until then, so that it does not hold up the others. */
const RETRY_PASSING_MS = 2 * 60 * 1000;
const RETRY_UNUSABLE_MS = 24 * 60 * 60 * 1000;

/** When a track that failed now is to be tried again. */
export function retryAt({ retryable }: { retryable: boolean }): Date {
  return new Date(Date.now() + (retryable ? RETRY_PASSING_MS : RETRY_UNUSABLE_MS));
}

/**
 * Does something for one uploaded track. Where that fails, whatever the reason, the track is left out for a
 * while and nothing else is held up by it: somebody may have made a file that brings down the gpu-worker.
 *
 * @throws what is no failure of the gpu-worker
 */
export async function leavingOutOnFailure(
  env: Env,
  encoderVersion: Sha256,
  { track, soundSha256 }: TrackFiles,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error;
    const { message: reason, retryable } = error;
    const failed = { encoderVersion, track, soundSha256, reason };
    await storeScoreFailure(env.DB, { ...failed, retryAt: retryAt({ retryable }) });
  }
}

/** The failure of an answer to another question. */
export function foreign(what: string): WorkerFailure {
  return new WorkerFailure(`The gpu-worker answered ${what}.`, { retryable: true });
}
