import type { WorkerUpdate } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { EncoderBytes } from "../engine/compute/messages.ts";
import { fetchEncoder } from "./fetch-objects.ts";
import type { RunJob } from "./job-context.ts";
import { runTracksJob } from "./tracks-job.ts";

/** Encodes tracks to feature vectors, which any listener's head scores without the encoder. */
export const featuresJob: RunJob<"features"> = async (context, request, emit) => {
  const { compute, signal, onProgress } = context;
  let silence = "";
  const result = await runTracksJob<EncoderBytes, WorkerUpdate<"features">>(context, {
    tracks: request.tracks,
    async fetchModels() {
      onProgress({ phase: "fetching", done: 0, total: 1 });
      const encoder = await fetchEncoder(context, request.encoder);
      const { features } = await compute.run("silence", { encoder }, { signal });
      silence = base64(features);
      return encoder;
    },
    async compute(encoder, { id, sound }) {
      const { peaks, features } = await compute.run("features", { encoder, sound }, { signal });
      return {
        line: { kind: "features", track: id, peaks, features: base64(features) },
        forwards: 1,
      };
    },
    emit,
  });
  return { ...result, silence };
};

/** Encodes numbers as little-endian float32 in base64. */
function base64(numbers: Float32Array): string {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => {
    bytes.writeFloatLE(number, 4 * index);
  });
  return bytes.toString("base64");
}
