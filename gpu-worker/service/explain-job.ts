import type { WorkerExplainLine, WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { Compute } from "./compute.ts";
import { fetchModel, fetchSound, soundFiles, soundSha256 } from "./fetch-objects.ts";
import type { ObjectLinks } from "./object-links.ts";
import { enterQueue } from "./place-progress.ts";
import type { Queue } from "./queue.ts";

/** What jobs work with. */
export interface Workshop {
  queue: Queue;
  objects: ObjectLinks;
  compute: Compute;
}

/**
 * Fetches a track and a model, explains, stores the highlights.
 *
 * @returns the line that ends the job, once everything it names is stored
 */
export async function explainJob(
  { queue, objects, compute }: Workshop,
  request: WorkerExplainRequest,
  emit: (line: WorkerExplainLine) => void,
  signal: AbortSignal,
): Promise<WorkerExplainLine> {
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  const leave = await enterQueue(queue, signal, onProgress);
  try {
    const total = 1 + soundFiles(request.sound);
    let fetched = 0;
    const onFile = () => onProgress({ phase: "fetching", done: fetched++, total });
    onFile();
    const model = await fetchModel(request.model, objects, signal);
    onFile();
    const sound = await fetchSound(request.sound, objects, signal, onFile);
    const { separator, question } = request;
    const { explanation, highlights } = await compute.run(
      "explain",
      { model, sound, audioSha256: soundSha256(request.sound), separator, question },
      { signal, onProgress, onRelevance: (relevance) => emit({ kind: "relevance", relevance }) },
    );
    // What is left to do is the network's: the next in line can compute meanwhile.
    leave();
    const outputs = new Map(Object.entries(request.outputs));
    const wanted = highlights.filter(({ name }) => outputs.has(name));
    for (const [done, { name, bytes, mimeType }] of wanted.entries()) {
      onProgress({ phase: "storing", done, total: wanted.length });
      const what = `the highlight ${name}`;
      await objects.put({ url: outputs.get(name)!.url, bytes, mimeType, what }, signal);
    }
    return { kind: "result", explanation };
  } finally {
    leave();
  }
}
