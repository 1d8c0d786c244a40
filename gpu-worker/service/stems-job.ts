import type { WorkerStemsLine, WorkerStemsRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import { soundSha256 } from "./fetch-objects.ts";
import { runTrackJob } from "./track-job.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Fetches a track, takes its snippet apart, stores the sources that there are links for.
 *
 * @returns the line that ends the job, once everything it names is stored
 */
export async function stemsJob(
  workshop: Workshop,
  request: WorkerStemsRequest,
  emit: (line: WorkerStemsLine) => void,
  signal: AbortSignal,
): Promise<WorkerStemsLine> {
  const { sound, separator, outputs } = request;
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  const audioSha256 = await soundSha256(sound);
  const sources = Object.keys(outputs);
  return runTrackJob(workshop, {
    fetchModel: async () => null,
    modelFiles: 0,
    sound,
    compute: (fetched) =>
      workshop.compute.run(
        "stems",
        { sound: fetched.sound, audioSha256, separator, sources },
        { signal, onProgress },
      ),
    stored: (stems) =>
      stems.map(({ name, bytes, mimeType }) => ({
        url: outputs[name]!.url,
        bytes,
        mimeType,
        what: `the source ${name}`,
      })),
    line: (stems): WorkerStemsLine => ({
      kind: "result",
      stems: stems.map(({ name, sampleRate, channels, samples }) => {
        return { source: name, sampleRate, channels, samples };
      }),
    }),
    onProgress,
    signal,
  });
}
