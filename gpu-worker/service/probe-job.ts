import type { RunJob } from "./job-context.ts";
import { runTrackJob } from "./track-job.ts";

/** Decodes an uploaded file, whole and within the limits, and measures it. */
export const probeJob: RunJob<"probe"> = (context, { sound }) => {
  const { compute, signal, onProgress } = context;
  return runTrackJob(context, {
    fetchModel: async () => null,
    modelFiles: 0,
    sound,
    compute: (fetched) => compute.run("probe", { sound: fetched.sound }, { signal, onProgress }),
    outputs: () => [],
    result: (facts) => ({ kind: "result", ...facts }),
  });
};
