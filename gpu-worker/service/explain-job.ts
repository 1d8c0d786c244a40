import type { WorkerExplainLine, WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import { fetchAnyModel, fetchTable, soundSha256 } from "./fetch-objects.ts";
import { storedHighlights } from "./stored-highlights.ts";
import { runTrackJob } from "./track-job.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Fetches a track and a model, explains, stores the highlights.
 *
 * @returns the line that ends the job, once everything it names is stored
 */
export async function explainJob(
  workshop: Workshop,
  request: WorkerExplainRequest,
  emit: (line: WorkerExplainLine) => void,
  signal: AbortSignal,
): Promise<WorkerExplainLine> {
  const { model, sound, separator, question, table, outputs } = request;
  const onProgress = (progress: Progress) => emit({ kind: "progress", progress });
  const onRelevance = (relevance: number) => emit({ kind: "relevance", relevance });
  const audioSha256 = await soundSha256(sound);
  // What nobody wants stored is rendered when it is first asked for.
  const render = Object.keys(outputs).length > 0;
  return runTrackJob(workshop, {
    fetchModel: async (objects) => ({
      model: await fetchAnyModel(model, objects, signal),
      table: table ? await fetchTable(table, objects, signal) : null,
    }),
    modelFiles: 1,
    sound,
    compute: (fetched) =>
      workshop.compute.run(
        "explain",
        { ...fetched.model, sound: fetched.sound, audioSha256, separator, question, render },
        { signal, onProgress, onRelevance },
      ),
    stored: ({ highlights }) => storedHighlights(highlights, outputs),
    line: ({ explanation }): WorkerExplainLine => ({ kind: "result", explanation }),
    onProgress,
    signal,
  });
}
