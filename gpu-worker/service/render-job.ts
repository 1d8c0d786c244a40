import type { WorkerRenderLine, WorkerRenderRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import { soundSha256 } from "./fetch-objects.ts";
import { storedHighlights } from "./stored-highlights.ts";
import { runTrackJob } from "./track-job.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Fetches a track, renders an explanation's highlights, stores them.
 *
 * @returns the line that ends the job, once everything it names is stored
 */
export async function renderJob(
  workshop: Workshop,
  request: WorkerRenderRequest,
  emit: (line: WorkerRenderLine) => void,
  signal: AbortSignal,
): Promise<WorkerRenderLine> {
  const { sound, separator, type, components, outputs } = request;
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  const audioSha256 = await soundSha256(sound);
  return runTrackJob(workshop, {
    fetchModel: async () => null,
    modelFiles: 0,
    sound,
    compute: (fetched) =>
      workshop.compute.run(
        "render",
        { sound: fetched.sound, audioSha256, separator, type, components },
        { signal, onProgress },
      ),
    stored: ({ encoded }) => storedHighlights(encoded, outputs),
    line: ({ highlights }): WorkerRenderLine => ({ kind: "result", highlights }),
    onProgress,
    signal,
  });
}
