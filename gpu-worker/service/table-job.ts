import type { EncoderSource } from "../engine/compute/messages.ts";
import { fetchEncoder, fetchModel, soundSha256 } from "./fetch-objects.ts";
import type { RunJob } from "./job-context.ts";
import { runTrackJob } from "./track-job.ts";

/** Builds the response table of an encoder and a track and stores it, if the encoder allows one. */
export const tableJob: RunJob<"table"> = async (context, request) => {
  const { id, model, sound, separator, segments, outputs } = request;
  const { compute, signal, onProgress } = context;
  const audioSha256 = await soundSha256(sound);
  return runTrackJob(context, {
    fetchModel: (): Promise<EncoderSource> =>
      "manifest" in model ? fetchModel(context, model) : fetchEncoder(context, model),
    modelFiles: 1,
    sound,
    compute: (fetched) =>
      compute.run(
        "table",
        { ...fetched, audioSha256, separator, segments },
        { signal, onProgress },
      ),
    outputs: (table) =>
      table.applies
        ? [
            {
              url: outputs.table.url,
              bytes: table.bytes,
              mimeType: "application/octet-stream",
              what: "the response table",
            },
          ]
        : [],
    result: (table) =>
      table.applies
        ? { kind: "result", record: { id, ...table.facts } }
        : { kind: "no-table", reason: table.reason },
  });
};
