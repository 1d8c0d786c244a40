import { componentCount, gatesOf } from "@lemons/shared/explanation/components";
import {
  type ExhaustiveQuestion,
  explainFromTable,
} from "@lemons/shared/explanation/explain-from-table";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { foldTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import { reportedMasks, suppliedMasks } from "../masks.ts";
import type { TrackTable } from "../table-cache.ts";
import type { Explainer, ExplainerInput, ExplainerResult } from "./explainer.ts";

const SAMPLES_REQUESTED = "sampled masks were requested";

/** Explains an exhaustive neighbourhood from the track's response table, without forward passes. */
export const tableExplainer: Explainer = {
  name: "table",
  async explain(input) {
    const { question, model, exact, stopwatch, onProgress } = input;
    const { type, segments, neighbourhood } = question;
    if (neighbourhood.kind === "sampled") return { reason: SAMPLES_REQUESTED };
    onProgress?.({ phase: "scoring", done: 0, total: 100 });
    const table = await stopwatch.timeAsync("table", () =>
      exact.tableOf({
        ...input,
        type,
        segments,
        toEnumerate: type === "time+source",
        onProgress: (fraction) =>
          onProgress?.({ phase: "scoring", done: Math.floor(100 * fraction), total: 100 }),
      }),
    );
    if (!table.applies) return table;
    // A model with a table has a linear head: its analysis refuses others.
    return explainTable(input, { ...question, neighbourhood }, table, model.head!);
  },
};

async function explainTable(
  { masks, segmentTimes, exact, stopwatch, onRelevance }: ExplainerInput,
  question: ExhaustiveQuestion,
  { table, sources, engine }: TrackTable,
  head: LinearHead,
): Promise<ExplainerResult> {
  const { type } = question;
  const folded = stopwatch.time("folding", () => foldTable(table, head));
  const grid = { type, segments: table.segments, sources: table.sources };
  const components = componentCount(grid);
  const relevanceOf = (mask: Uint8Array) => sigmoid(logitOfMask(folded, gatesOf(mask, grid)));
  const supplied = masks === undefined ? null : suppliedMasks(masks, components);
  onRelevance?.(relevanceOf(new Uint8Array(components).fill(1)));

  let enumeration = 0;
  const answers = await stopwatch.timeAsync("fitting", () =>
    explainFromTable({
      table: folded,
      segments: segmentTimes(table.segments),
      sources,
      question,
      async enumerate(each) {
        const start = performance.now();
        const statistics = await exact.enumerate(each);
        enumeration = (performance.now() - start) / 1000;
        return statistics;
      },
    }),
  );
  return {
    answers: { ...answers, ...(supplied && reportedMasks(supplied, supplied.map(relevanceOf))) },
    engine:
      type === "time+source" ? { ...engine, seconds: { ...engine.seconds, enumeration } } : engine,
    table: folded,
  };
}
