import { fetchAnyModel, fetchTable, soundSha256 } from "./fetch-objects.ts";
import type { RunJob } from "./job-context.ts";
import { highlightOutputs } from "./render-job.ts";
import { runTrackJob } from "./track-job.ts";

/** Explains a track under a model and stores the highlights. */
export const explainJob: RunJob<"explain"> = async (context, request, emit) => {
  const { model, sound, separator, question, table, outputs } = request;
  const { compute, signal, onProgress } = context;
  const audioSha256 = await soundSha256(sound);
  return runTrackJob(context, {
    fetchModel: async () => ({
      model: await fetchAnyModel(context, model),
      table: table ? await fetchTable(context, table) : null,
    }),
    modelFiles: 1,
    sound,
    compute: (fetched) =>
      compute.run(
        "explain",
        {
          ...fetched.model,
          sound: fetched.sound,
          audioSha256,
          separator,
          question,
          // Highlights without a link are rendered by a later request.
          render: Object.keys(outputs).length > 0,
        },
        {
          signal,
          onProgress,
          onRelevance: (relevance) => emit({ kind: "relevance", relevance }),
        },
      ),
    outputs: ({ highlights }) => highlightOutputs(highlights, outputs),
    result: ({ explanation }) => ({ kind: "result", explanation }),
  });
};
