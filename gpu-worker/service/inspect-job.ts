import { fetchEncoder, fetchModel } from "./fetch-objects.ts";
import type { RunJob } from "./job-context.ts";

/** Reads, checks, splits and runs a model before it is published, and stores its encoder. */
export const inspectJob: RunJob<"inspect"> = async (context, { model, outputs }) => {
  const { queue, objects, compute, account, signal, onProgress } = context;
  const leave = await queue.enter({ account, signal, onProgress });
  try {
    onProgress({ phase: "fetching", done: 0, total: 1 });
    const source =
      "manifest" in model ? await fetchModel(context, model) : await fetchEncoder(context, model);
    onProgress({ phase: "scoring", done: 0, total: 1 });
    const { encoder, ...facts } = await compute.run("inspect", { model: source }, { signal });
    leave();
    if (encoder && outputs.encoder) {
      onProgress({ phase: "storing", done: 0, total: 1 });
      const { url } = outputs.encoder;
      const mimeType = "application/octet-stream";
      await objects.put({ url, bytes: encoder, mimeType, what: "the encoder" }, signal);
    }
    return { kind: "result", ...facts };
  } finally {
    leave();
  }
};
