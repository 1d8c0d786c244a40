import type { Explanation } from "../contract/explanation.ts";
import type { ExplanationQuestion, SourceName } from "../contract/explanation-request.ts";
import type { ExhaustiveNeighbourhood } from "../contract/neighbourhood.ts";
import type { FoldedTable } from "../what-if/response-table.ts";
import { componentsOf, type SegmentTime } from "./components.ts";
import { deletionInsertion } from "./curves.ts";
import { type DescribedFit, describeFit, featuresKept } from "./described-fit.ts";
import { fitExhaustively } from "./exhaustive-fit.ts";
import { shapleyValues } from "./shapley.ts";
import { sigmoid } from "./sigmoid.ts";
import { decisiveSets } from "./sufficient-necessary.ts";
import { type EnumerateTable, viewTable } from "./table-view.ts";

/** A question whose neighbourhood is every mask. */
export type ExhaustiveQuestion = ExplanationQuestion & { neighbourhood: ExhaustiveNeighbourhood };

/** What an exhaustive explanation is read from. */
export interface TableExplanationInput {
  table: FoldedTable;
  /** The table's segments, in seconds from the start of the track. */
  segments: readonly SegmentTime[];
  /** The table's sources. */
  sources: readonly SourceName[];
  question: ExhaustiveQuestion;
  enumerate: EnumerateTable;
}

/** The part of an explanation that follows from a response table. */
export type TableExplanation = DescribedFit &
  Pick<
    Explanation,
    | "neighbourhood"
    | "logit"
    | "relevanceOfSilence"
    | "sufficient"
    | "necessary"
    | "decision"
    | "curves"
  >;

/**
 * Explains from every mask of a response table, without the model. A table of time x source answers
 * all three types: masks of `time` and `source` open and close whole rows or columns of its gates.
 *
 * Logit, relevance and Shapley values come from one count, so that Shapley values add up to
 * relevance - relevance of silence.
 *
 * @throws RangeError where segments or sources are not the table's, or a number is out of range
 * @throws what `enumerate` throws
 */
export async function explainFromTable(input: TableExplanationInput): Promise<TableExplanation> {
  const { table, segments, sources, question } = input;
  const { type, target, neighbourhood, kernelWidth, featureSelection, threshold } = question;
  if (segments.length !== table.segments || sources.length !== table.sources) {
    throw new RangeError(
      `a table of ${table.segments} x ${table.sources} does not fit ${segments.length} segments and ${sources.length} sources`,
    );
  }
  const { effectiveSamples } = neighbourhood;
  const places = componentsOf({ type, segments, sources });
  const view = viewTable(table, type, input.enumerate);
  const statistics = await view.statistics();
  const fit = fitExhaustively({
    statistics,
    effectiveSamples,
    kernelWidth,
    target,
    featureSelection,
    features: featuresKept(question, places.length),
  });
  const relevance = statistics.origin;
  const shapley = shapleyValues(statistics);
  const described = describeFit({ question, places, fit, relevance, shapley });
  return {
    ...described,
    neighbourhood: { kind: "exhaustive", effectiveSamples },
    logit: statistics.highest.at(-1)!.logit,
    relevanceOfSilence: sigmoid(statistics.lowest[0]!.logit),
    ...decisiveSets(statistics, threshold),
    curves: deletionInsertion(described.ranking, view.relevanceOf),
  };
}
