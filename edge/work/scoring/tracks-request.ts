import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { storeScoreFailure } from "../../catalogue/scores.ts";
import type { TrackFiles } from "../../catalogue/tracks.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";

/** Few enough that a lost connection costs seconds, many enough that the models load once. */
export const TRACKS_PER_REQUEST = 8;
const RETRY_PASSING_MS = 2 * 60 * 1000;
const RETRY_UNUSABLE_MS = 24 * 60 * 60 * 1000;
const CRASHED_TWICE = "The gpu-worker crashed twice while it processed this track.";

/** Returns when to retry a track that failed now. Until then it doesn't hold up the others. */
function retryAt({ retryable }: { retryable: boolean }): Date {
  return new Date(Date.now() + (retryable ? RETRY_PASSING_MS : RETRY_UNUSABLE_MS));
}

/**
 * Processes one uploaded track. If the gpu-worker fails, for whatever reason, the track is left out for a
 * while and holds nothing up: its file may have been made to crash the gpu-worker.
 *
 * @throws errors other than WorkerFailure
 */
export async function leaveOutOnFailure(
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

const SUSPECT = "suspect";

/**
 * Sends catalogue tracks to the gpu-worker, which processes them in order. If its response breaks off, the
 * first unfinished track is suspected of having crashed it. A track with which the response breaks off
 * twice is recorded as failed, so that the rest goes on.
 *
 * @param storage keeps the suspect across restarts
 * @param tracks at least one, all due
 * @param work sends tracks, and deletes each that is finished from the map
 * @throws WorkerFailure; the signal's reason on abort
 */
export async function skipAfterTwoCrashes(
  env: Env,
  storage: DurableObjectStorage,
  encoderVersion: Sha256,
  tracks: readonly TrackFiles[],
  work: (open: Map<TrackId, TrackFiles>) => Promise<void>,
): Promise<void> {
  const open = new Map(tracks.map((files) => [files.track, files]));
  try {
    await work(open);
  } catch (error) {
    const [first] = open.values();
    if (!(error instanceof WorkerFailure && error.brokeOff) || first === undefined) throw error;
    const { track, soundSha256 } = first;
    if ((await storage.get(SUSPECT)) !== track) {
      await storage.put(SUSPECT, track);
      throw error;
    }
    const failed = { encoderVersion, track, soundSha256, reason: CRASHED_TWICE };
    await storeScoreFailure(env.DB, { ...failed, retryAt: retryAt({ retryable: false }) });
    await storage.delete(SUSPECT);
  }
}

/** The line of one track: it was processed, or failed. */
type TrackLine = { kind: string; track: TrackId };
type FailedTrack = { kind: "track-failed"; track: TrackId; reason: string; retryable: boolean };

/**
 * Handles the lines of tracks: stores what was found or records the failure, then deletes the track
 * from the open ones.
 *
 * @param open tracks that were sent and aren't settled
 * @param store stores the line of a track that was processed
 * @throws WorkerFailure for a track that wasn't sent
 */
export function settleTracks<Line extends TrackLine>(
  env: Env,
  encoderVersion: Sha256,
  open: Map<TrackId, TrackFiles>,
  store: (line: Line, files: TrackFiles) => Promise<void> | void,
): (line: Line | FailedTrack | { kind: "progress" }) => Promise<void> {
  return async (line) => {
    if (!("track" in line)) return;
    const files = open.get(line.track);
    if (files === undefined)
      throw unexpectedAnswer(`the track ${line.track}, which was not requested`);
    const { track, soundSha256 } = files;
    if (isFailed(line)) {
      const failed = { encoderVersion, track, soundSha256, reason: line.reason };
      await storeScoreFailure(env.DB, { ...failed, retryAt: retryAt(line) });
    } else {
      await store(line, files);
    }
    open.delete(track);
  };
}

const isFailed = (line: TrackLine): line is FailedTrack => line.kind === "track-failed";

/** @throws WorkerFailure if the response ended before every track was settled */
export function requireSettled(open: ReadonlyMap<TrackId, TrackFiles>): void {
  if (open.size > 0) throw unexpectedAnswer(`without ${[...open.keys()].join(", ")}`);
}

/** Returns the failure of a response that doesn't answer the request. */
export function unexpectedAnswer(what: string): WorkerFailure {
  return new WorkerFailure(`The gpu-worker answered ${what}.`, { retryable: true });
}
