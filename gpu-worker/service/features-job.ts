import type { WorkerFeaturesLine, WorkerFeaturesRequest } from "@lemons/shared/contract/gpu-worker";
import type { EncoderBytes } from "../engine/compute/messages.ts";
import { fetchEncoder } from "./fetch-objects.ts";
import { runTracksJob } from "./tracks-job.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Pools tracks through an encoder: what any number of listeners' heads then score without it.
 *
 * @returns the line that ends the job
 */
export async function featuresJob(
  workshop: Workshop,
  request: WorkerFeaturesRequest,
  emit: (line: WorkerFeaturesLine) => void,
  signal: AbortSignal,
): Promise<WorkerFeaturesLine> {
  let silence = "";
  const result = await runTracksJob<EncoderBytes, WorkerFeaturesLine>(workshop, {
    tracks: request.tracks,
    async fetchModels(onProgress) {
      onProgress({ phase: "fetching", done: 0, total: 1 });
      const encoder = await fetchEncoder(request.encoder, workshop.objects, signal);
      const { features } = await workshop.compute.run("silence", { encoder }, { signal });
      silence = base64(features);
      return encoder;
    },
    async compute(encoder, { id, sound }) {
      const result = await workshop.compute.run("features", { encoder, sound }, { signal });
      return {
        line: {
          kind: "features",
          track: id,
          peaks: result.peaks,
          features: base64(result.features),
        },
        forwards: 1,
      };
    },
    emit,
    signal,
  });
  return { ...result, silence };
}

/** Little-endian float32. */
function base64(numbers: Float32Array): string {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => {
    bytes.writeFloatLE(number, 4 * index);
  });
  return bytes.toString("base64");
}
