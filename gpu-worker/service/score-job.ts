import type { WorkerUpdate } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { ModelBytes } from "../engine/compute/messages.ts";
import { fetchModel } from "./fetch-objects.ts";
import type { RunJob } from "./job-context.ts";
import { runTracksJob } from "./tracks-job.ts";

/** Scores every track under every model. */
export const scoreJob: RunJob<"score"> = (context, request, emit) => {
  const { compute, signal, onProgress } = context;
  return runTracksJob<ModelBytes[], WorkerUpdate<"score">>(context, {
    tracks: request.tracks,
    async fetchModels() {
      const models: ModelBytes[] = [];
      for (const [done, link] of request.models.entries()) {
        onProgress({ phase: "fetching", done, total: request.models.length });
        models.push(await fetchModel(context, link));
      }
      return models;
    },
    async compute(models, { id, sound }) {
      const { scores, peaks, forwards } = await compute.run("score", { models, sound }, { signal });
      return {
        line: {
          kind: "score",
          track: id,
          peaks,
          scores: scores.map(({ model, logit, relevance }) => ({ model, logit, relevance })),
        },
        forwards,
      };
    },
    emit,
  });
};
