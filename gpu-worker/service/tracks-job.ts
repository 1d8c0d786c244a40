import type { WorkerScoreLine, WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { SoundBytes } from "../engine/compute/messages.ts";
import { failureOf } from "./failure.ts";
import { fetchSound } from "./fetch-objects.ts";
import { enterQueue } from "./place-progress.ts";
import type { Workshop } from "./workshop.ts";

/** What every job about many tracks says, whatever it computes of them. */
type TracksLine = Extract<WorkerScoreLine, { kind: "progress" | "track-failed" }>;
/** What is known at its end. */
type TracksResult = Extract<WorkerScoreLine, { kind: "result" }>;

/** A job about many tracks, one after the other. */
export interface TracksJob<Models, Line> {
  tracks: WorkerScoreRequest["tracks"];
  /** Fetches what all tracks are computed with. */
  fetchModels(onProgress: (progress: Progress) => void): Promise<Models>;
  /**
   * In the compute thread.
   *
   * @returns the track's line, and the forward passes made for it
   */
  compute(
    models: Models,
    track: { id: string; sound: SoundBytes },
  ): Promise<{ line: Line; forwards: number }>;
  emit: (line: Line | TracksLine) => void;
  signal: AbortSignal;
}

/**
 * Computes something of tracks one after the other. Between two tracks the turn goes to whoever waits:
 * a listener who wants one explanation does not wait for a whole catalogue.
 *
 * A track that cannot be computed is reported and passed over.
 *
 * @returns what ends the job
 */
export async function runTracksJob<Models, Line>(
  { queue, objects }: Workshop,
  { tracks, fetchModels, compute, emit, signal }: TracksJob<Models, Line>,
): Promise<TracksResult> {
  const startedAt = performance.now();
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  let answered = 0;
  let forwards = 0;
  let leave = await enterQueue(queue, signal, onProgress);
  try {
    const models = await fetchModels(onProgress);
    for (const [done, track] of tracks.entries()) {
      if (queue.waiting > 0) {
        leave();
        leave = await enterQueue(queue, signal, onProgress);
      }
      onProgress({ phase: "scoring", done, total: tracks.length });
      try {
        const sound = await fetchSound(track.sound, objects, signal);
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

/** @throws the error where it is not this track's alone */
function trackFailed(track: string, error: unknown): TracksLine {
  const failure = failureOf(error);
  switch (failure.kind) {
    case "input-unusable":
      // A model that cannot be used fails every track.
      if (failure.subject === "model") throw error;
      return { kind: "track-failed", track, reason: failure.reason, retryable: false };
    case "link-failed":
    case "compute-lost":
      return { kind: "track-failed", track, reason: failure.reason, retryable: true };
    default:
      throw error;
  }
}
