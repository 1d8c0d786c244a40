import type { WorkerScoreLine, WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import type { TrackId } from "@lemons/shared/contract/identifier";
import type { SoundBytes } from "../engine/compute/messages.ts";
import { failureOf } from "./failure.ts";
import { fetchSound } from "./fetch-objects.ts";
import type { JobContext } from "./job-context.ts";

type TrackFailedLine = Extract<WorkerScoreLine, { kind: "track-failed" }>;
type TracksResult = Extract<WorkerScoreLine, { kind: "result" }>;

/** The steps in which jobs about many tracks differ. */
export interface TracksJob<Models, Line> {
  tracks: WorkerScoreRequest["tracks"];
  /** Fetches what all tracks are computed with. */
  fetchModels(): Promise<Models>;
  /**
   * Runs in the compute thread.
   *
   * @returns the track's line, and the number of forward passes made for it
   */
  compute(
    models: Models,
    track: { id: TrackId; sound: SoundBytes },
  ): Promise<{ line: Line; forwards: number }>;
  emit: (line: Line | TrackFailedLine) => void;
}

/**
 * Computes tracks one after the other. Between two tracks it rejoins the queue, so that a request for
 * one explanation doesn't wait for a whole catalogue. A track that can't be computed is reported and
 * skipped.
 */
export async function runTracksJob<Models, Line>(
  { queue, objects, account, signal, onProgress }: JobContext,
  { tracks, fetchModels, compute, emit }: TracksJob<Models, Line>,
): Promise<TracksResult> {
  const startedAt = performance.now();
  let answered = 0;
  let forwards = 0;
  let leave = await queue.enter({ account, signal, onProgress });
  try {
    const models = await fetchModels();
    for (const [done, track] of tracks.entries()) {
      if (queue.waiting > 0) {
        leave();
        leave = await queue.enter({ account, signal, onProgress });
      }
      onProgress({ phase: "scoring", done, total: tracks.length });
      try {
        const sound = await fetchSound({ objects, signal }, track.sound);
        const computed = await compute(models, { id: track.id, sound });
        emit(computed.line);
        answered++;
        forwards += computed.forwards;
      } catch (error) {
        emit(trackFailed(track.id, error));
      }
    }
    const seconds = (performance.now() - startedAt) / 1000;
    return { kind: "result", tracks: answered, forwards, seconds };
  } finally {
    leave();
  }
}

/** @throws the error if it would fail every track */
function trackFailed(track: TrackId, error: unknown): TrackFailedLine {
  const failure = failureOf(error);
  switch (failure.kind) {
    case "input-unusable":
      if (failure.subject === "model") throw error;
      return { kind: "track-failed", track, reason: failure.reason, retryable: false };
    case "link-failed":
    case "compute-lost":
      return { kind: "track-failed", track, reason: failure.reason, retryable: true };
    default:
      throw error;
  }
}
