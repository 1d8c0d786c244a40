import { soundSha256 } from "./fetch-objects.ts";
import type { RunJob } from "./job-context.ts";
import { runTrackJob } from "./track-job.ts";

/** Separates a track's snippet and stores the sources that the request has links for. */
export const stemsJob: RunJob<"stems"> = async (context, { sound, separator, outputs }) => {
  const { compute, signal, onProgress } = context;
  const audioSha256 = await soundSha256(sound);
  const sources = Object.keys(outputs);
  return runTrackJob(context, {
    fetchModel: async () => null,
    modelFiles: 0,
    sound,
    compute: (fetched) =>
      compute.run(
        "stems",
        { sound: fetched.sound, audioSha256, separator, sources },
        { signal, onProgress },
      ),
    outputs: (stems) =>
      stems.map(({ name, bytes, mimeType }) => ({
        url: outputs[name]!.url,
        bytes,
        mimeType,
        what: `the source ${name}`,
      })),
    result: (stems) => ({
      kind: "result",
      stems: stems.map(({ name, sampleRate, channels, samples }) => {
        return { source: name, sampleRate, channels, samples };
      }),
    }),
  });
};
