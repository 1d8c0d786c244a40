import type { WorkerProbeLine, WorkerProbeRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import { runTrackJob } from "./track-job.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Decodes an uploaded file, whole and within the limits, and tells how long it is and how it looks.
 *
 * @returns the line that ends the job
 */
export function probeJob(
  workshop: Workshop,
  { sound }: WorkerProbeRequest,
  emit: (line: WorkerProbeLine) => void,
  signal: AbortSignal,
): Promise<WorkerProbeLine> {
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  return runTrackJob(workshop, {
    fetchModel: async () => null,
    modelFiles: 0,
    sound,
    compute: ({ sound: bytes }) =>
      workshop.compute.run("probe", { sound: bytes }, { signal, onProgress }),
    stored: () => [],
    line: (facts): WorkerProbeLine => ({ kind: "result", ...facts }),
    onProgress,
    signal,
  });
}
