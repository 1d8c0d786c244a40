import type { WorkerScoreLine, WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import type { ModelBytes } from "../engine/compute/messages.ts";
import { fetchModel } from "./fetch-objects.ts";
import { runTracksJob } from "./tracks-job.ts";
import type { Workshop } from "./workshop.ts";

/**
 * Scores tracks under every model.
 *
 * @returns the line that ends the job
 */
export function scoreJob(
  workshop: Workshop,
  request: WorkerScoreRequest,
  emit: (line: WorkerScoreLine) => void,
  signal: AbortSignal,
): Promise<WorkerScoreLine> {
  return runTracksJob<ModelBytes[], WorkerScoreLine>(workshop, {
    tracks: request.tracks,
    async fetchModels(onProgress) {
      const models: ModelBytes[] = [];
      for (const [done, link] of request.models.entries()) {
        onProgress({ phase: "fetching", done, total: request.models.length });
        models.push(await fetchModel(link, workshop.objects, signal));
      }
      return models;
    },
    async compute(models, { id, sound }) {
      const result = await workshop.compute.run("score", { models, sound }, { signal });
      const scores = result.scores.map(({ model, logit, relevance }) => ({
        model,
        logit,
        relevance,
      }));
      const { peaks, forwards } = result;
      return { line: { kind: "score", track: id, peaks, scores }, forwards };
    },
    emit,
    signal,
  });
}
