import type { WorkerTableLine, WorkerTableRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { EncoderSource } from "../engine/compute/messages.ts";
import { fetchEncoder, fetchModel, soundSha256 } from "./fetch-objects.ts";
import { runTrackJob } from "./track-job.ts";
import type { Workshop } from "./workshop.ts";

const TABLE_TYPE = "application/octet-stream";

/**
 * Fetches a track and a model, computes the response table of its encoder, stores it.
 *
 * @returns the line that ends the job, once the table is stored or it is known that there is none
 */
export async function tableJob(
  workshop: Workshop,
  request: WorkerTableRequest,
  emit: (line: WorkerTableLine) => void,
  signal: AbortSignal,
): Promise<WorkerTableLine> {
  const { id, model, sound, separator, segments, outputs } = request;
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  const audioSha256 = await soundSha256(sound);
  return runTrackJob(workshop, {
    fetchModel: (objects): Promise<EncoderSource> =>
      "manifest" in model
        ? fetchModel(model, objects, signal)
        : fetchEncoder(model, objects, signal),
    modelFiles: 1,
    sound,
    compute: (fetched) =>
      workshop.compute.run(
        "table",
        { ...fetched, audioSha256, separator, segments },
        { signal, onProgress },
      ),
    stored: (table) =>
      table.applies
        ? [
            {
              url: outputs.table.url,
              bytes: table.bytes,
              mimeType: TABLE_TYPE,
              what: "the response table",
            },
          ]
        : [],
    line: (table): WorkerTableLine =>
      table.applies
        ? { kind: "result", record: { id, ...table.facts } }
        : { kind: "no-table", reason: table.reason },
    onProgress,
    signal,
  });
}
