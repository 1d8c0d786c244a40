import type {
  ExhaustiveNeighbourhood,
  ExplanationQuestion,
  SourceName,
} from "../contract/explanation-request.ts";
import type { FoldedTable } from "../what-if/response-table.ts";
import type { ExplanationAnswers } from "./assemble-explanation.ts";
import { type ComponentPlace, componentsOf, type SegmentTime } from "./components.ts";
import { describeFit, featuresKept } from "./described-fit.ts";
import { fitExhaustively } from "./exhaustive-fit.ts";
import { sigmoid } from "./exponential.ts";
import type { Mask } from "./mask.ts";
import type { MaskStatistics } from "./mask-statistics.ts";
import { deletionInsertion } from "./ranking.ts";
import { shapleyValues } from "./shapley.ts";
import { decisiveSets } from "./sufficient-necessary.ts";
import { type EnumerateTable, viewTable } from "./table-view.ts";

/** The answers to all masks, and the question. */
export interface StatisticsInput {
  question: ExplanationQuestion & { neighbourhood: ExhaustiveNeighbourhood };
  /** Places of the components, in index order. */
  places: readonly ComponentPlace[];
  statistics: MaskStatistics;
  /** Returns the relevance of one mask. */
  relevanceOf: (mask: Mask) => number;
}

/**
 * Explains from the statistics of all masks. Logit, relevance and Shapley values come from the same
 * statistics: Shapley values add up to the relevance minus that of silence.
 *
 * @throws RangeError if a number is out of range
 */
export function explainFromStatistics(input: StatisticsInput): ExplanationAnswers {
  const { question, places, statistics, relevanceOf } = input;
  const { target, kernelWidth, featureSelection, threshold } = question;
  const { effectiveSamples } = question.neighbourhood;
  const fit = fitExhaustively({
    statistics,
    effectiveSamples,
    kernelWidth,
    target,
    featureSelection,
    features: featuresKept(question, places.length),
  });
  const sets = decisiveSets(statistics, threshold);
  const relevance = statistics.origin;
  const shapley = shapleyValues(statistics);
  const described = describeFit({
    question,
    places,
    fit,
    relevance,
    shapley,
    sufficient: sets.sufficient,
  });
  return {
    ...described,
    neighbourhood: { kind: "exhaustive", effectiveSamples },
    logit: statistics.highest.at(-1)!.logit,
    relevanceOfSilence: sigmoid(statistics.lowest[0]!.logit),
    ...sets,
    curves: deletionInsertion(described.ranking, relevanceOf),
  };
}

/** A question about all masks. */
export type ExhaustiveQuestion = ExplanationQuestion & { neighbourhood: ExhaustiveNeighbourhood };

/** A response table and the question to answer from it. */
export interface TableExplanationInput {
  table: FoldedTable;
  /** The table's segments, in seconds from the start of the track. */
  segments: readonly SegmentTime[];
  /** The table's sources. */
  sources: readonly SourceName[];
  question: ExhaustiveQuestion;
  enumerate: EnumerateTable;
}

/**
 * Explains from a response table, without the model. A table of time x source answers all three types:
 * masks of `time` and `source` open and close whole rows or columns of its gates.
 *
 * @throws RangeError if segments or sources don't match the table, or a number is out of range
 * @throws what `enumerate` throws
 */
export async function explainFromTable(input: TableExplanationInput): Promise<ExplanationAnswers> {
  const { table, segments, sources, question } = input;
  const { type } = question;
  if (segments.length !== table.segments || sources.length !== table.sources) {
    throw new RangeError(
      `a table of ${table.segments} x ${table.sources} does not fit ${segments.length} segments and ${sources.length} sources`,
    );
  }
  const view = viewTable(table, type, input.enumerate);
  return explainFromStatistics({
    places: componentsOf({ type, segments, sources }),
    statistics: await view.statistics(),
    relevanceOf: view.relevanceOf,
    question,
  });
}
