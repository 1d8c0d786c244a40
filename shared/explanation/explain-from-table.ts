import type { ExplanationQuestion, SourceName } from "../contract/explanation-request.ts";
import type { ExhaustiveNeighbourhood } from "../contract/neighbourhood.ts";
import type { FoldedTable } from "../what-if/response-table.ts";
import type { ExplanationAnswers } from "./assemble-explanation.ts";
import { componentsOf, type SegmentTime } from "./components.ts";
import { explainFromStatistics } from "./explain-from-statistics.ts";
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

/**
 * Explains from every mask of a response table, without the model. A table of time x source answers
 * all three types: masks of `time` and `source` open and close whole rows or columns of its gates.
 *
 * @throws RangeError where segments or sources are not the table's, or a number is out of range
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
