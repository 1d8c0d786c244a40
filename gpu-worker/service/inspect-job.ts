import type { WorkerInspectLine, WorkerInspectRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { EncoderSource } from "../engine/compute/messages.ts";
import { fetchEncoder, fetchModel } from "./fetch-objects.ts";
import { enterQueue } from "./place-progress.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Reads, checks, splits and runs a model that somebody wants to publish; stores its encoder.
 *
 * @returns the line that ends the job
 */
export async function inspectJob(
  { queue, objects, compute }: Workshop,
  { model, outputs }: WorkerInspectRequest,
  emit: (line: WorkerInspectLine) => void,
  signal: AbortSignal,
): Promise<WorkerInspectLine> {
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  const leave = await enterQueue(queue, signal, onProgress);
  try {
    onProgress({ phase: "fetching", done: 0, total: 1 });
    const source: EncoderSource =
      "manifest" in model
        ? await fetchModel(model, objects, signal)
        : await fetchEncoder(model, objects, signal);
    onProgress({ phase: "scoring", done: 0, total: 1 });
    const { encoder, ...facts } = await compute.run("inspect", { model: source }, { signal });
    leave();
    if (encoder && outputs.encoder) {
      onProgress({ phase: "storing", done: 0, total: 1 });
      const { url } = outputs.encoder;
      const what = "the encoder";
      await objects.put(
        { url, bytes: encoder, mimeType: "application/octet-stream", what },
        signal,
      );
    }
    return { kind: "result", ...facts };
  } finally {
    leave();
  }
}
