import type { WorkerRenderRequest } from "@lemons/shared/contract/gpu-worker";
import type { EncodedHighlight } from "../engine/compute/messages.ts";
import { soundSha256 } from "./fetch-objects.ts";
import type { RunJob } from "./job-context.ts";
import type { ObjectUpload } from "./object-links.ts";
import { runTrackJob } from "./track-job.ts";

/** Renders the highlights of an explanation and stores them. */
export const renderJob: RunJob<"render"> = async (context, request) => {
  const { sound, separator, type, components, outputs } = request;
  const { compute, signal, onProgress } = context;
  const audioSha256 = await soundSha256(sound);
  return runTrackJob(context, {
    fetchModel: async () => null,
    modelFiles: 0,
    sound,
    compute: (fetched) =>
      compute.run(
        "render",
        { sound: fetched.sound, audioSha256, separator, type, components },
        { signal, onProgress },
      ),
    outputs: ({ encoded }) => highlightOutputs(encoded, outputs),
    result: ({ highlights }) => ({ kind: "result", highlights }),
  });
};

/** Returns the highlights that the request has a link for, as objects to store. */
export function highlightOutputs(
  highlights: readonly EncodedHighlight[],
  outputs: WorkerRenderRequest["outputs"],
): ObjectUpload[] {
  return highlights.flatMap(({ name, bytes, mimeType }) => {
    const output = outputs[name];
    return output ? [{ url: output.url, bytes, mimeType, what: `the highlight ${name}` }] : [];
  });
}
