import type { WorkerScoreLine, WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { ModelBytes } from "./compute-messages.ts";
import { failureOf } from "./failure.ts";
import { fetchModel, fetchSound } from "./fetch-objects.ts";
import { enterQueue } from "./place-progress.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Scores tracks one after the other. Between two tracks the turn goes to whoever waits: a listener
 * who wants one explanation does not wait for a whole catalogue.
 *
 * A track that cannot be scored is reported and passed over.
 *
 * @returns the line that ends the job
 */
export async function scoreJob(
  { queue, objects, compute }: Workshop,
  request: WorkerScoreRequest,
  emit: (line: WorkerScoreLine) => void,
  signal: AbortSignal,
): Promise<WorkerScoreLine> {
  const startedAt = performance.now();
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  const total = request.tracks.length;
  const models: ModelBytes[] = [];
  let scored = 0;
  let forwards = 0;
  let leave = await enterQueue(queue, signal, onProgress);
  try {
    for (const [done, link] of request.models.entries()) {
      onProgress({ phase: "fetching", done, total: request.models.length });
      models.push(await fetchModel(link, objects, signal));
    }
    for (const [done, track] of request.tracks.entries()) {
      if (queue.waiting > 0) {
        leave();
        leave = await enterQueue(queue, signal, onProgress);
      }
      onProgress({ phase: "scoring", done, total });
      try {
        const sound = await fetchSound(track.sound, objects, signal);
        const result = await compute.run("score", { models, sound }, { signal });
        const scores = result.scores.map(({ model, logit, relevance }) => ({
          model,
          logit,
          relevance,
        }));
        emit({ kind: "score", track: track.id, peaks: result.peaks, scores });
        scored++;
        forwards += result.forwards;
      } catch (error) {
        emit(trackFailed(track.id, error));
      }
    }
    const seconds = (performance.now() - startedAt) / 1000;
    return { kind: "result", tracks: scored, forwards, seconds };
  } finally {
    leave();
  }
}

/** @throws the error where it is not this track's alone */
function trackFailed(track: string, error: unknown): WorkerScoreLine {
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
