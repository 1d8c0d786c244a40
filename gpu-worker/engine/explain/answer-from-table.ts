import type { Engine } from "@lemons/shared/contract/explanation";
import type { ExplanationAnswers } from "@lemons/shared/explanation/assemble-explanation";
import { componentCount, gatesOf, type SegmentTime } from "@lemons/shared/explanation/components";
import {
  type ExhaustiveQuestion,
  explainFromTable,
} from "@lemons/shared/explanation/explain-from-table";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { type FoldedTable, foldTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import type { ExactEngine } from "./exact-engine.ts";
import { answeredMasks } from "./fit-explanation.ts";
import { suppliedMasksOf } from "./neighbourhood.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { TrackTable } from "./track-table.ts";

export interface AnswerFromTableInput {
  question: ExhaustiveQuestion;
  trackTable: TrackTable;
  head: LinearHead;
  /** The table's. */
  segments: readonly SegmentTime[];
  /** Masks (parsed JSON) whose relevance is wanted besides. */
  masks: unknown;
  exact: Pick<ExactEngine, "enumerate">;
  stopwatch: Stopwatch;
  onRelevance?: ((relevance: number) => void) | undefined;
}

/** What every mask says, and the table as this listener hears it. */
export interface AnswerFromTable {
  fitted: ExplanationAnswers;
  engine: Engine;
  folded: FoldedTable;
}

/**
 * Explains from a response table.
 *
 * @throws InputError where the supplied masks cannot be used
 */
export async function answerFromTable(input: AnswerFromTableInput): Promise<AnswerFromTable> {
  const { question, trackTable, head, segments, exact, stopwatch } = input;
  const { type } = question;
  const { table, sources, engine } = trackTable;
  const folded = stopwatch.time("folding", () => foldTable(table, head));
  const grid = { type, segments: table.segments, sources: table.sources };
  const components = componentCount(grid);
  const relevanceOf = (mask: Uint8Array) => sigmoid(logitOfMask(folded, gatesOf(mask, grid)));
  const masks = input.masks === undefined ? null : suppliedMasksOf(input.masks, components);
  input.onRelevance?.(relevanceOf(new Uint8Array(components).fill(1)));

  let enumeration = 0;
  const fitted = await stopwatch.timeAsync("fitting", () =>
    explainFromTable({
      table: folded,
      segments,
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
    fitted: { ...fitted, ...(masks && answeredMasks(masks, masks.map(relevanceOf))) },
    engine:
      type === "time+source" ? { ...engine, seconds: { ...engine.seconds, enumeration } } : engine,
    folded,
  };
}
