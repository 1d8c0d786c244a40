import { ExplanationQuestion, SOURCES } from "@lemons/shared/contract/explanation-request";
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import type { EnumerationModule } from "@lemons/shared/enumeration/module";
import type { ExplanationAnswers } from "@lemons/shared/explanation/assemble-explanation";
import { explainFromTable } from "@lemons/shared/explanation/explain-from-table";
import { foldTable } from "@lemons/shared/what-if/response-table";
import { HEAD, responseTable } from "./table.ts";

/** The question of golden-explanation.json, which Node computed once. */
export const GOLDEN_QUESTION = {
  type: "time+source",
  segments: 2,
  neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
} as const;

/** Computes its explanation from the table that the stand-in for the gpu-worker builds. */
export function explainGolden(module: EnumerationModule): Promise<ExplanationAnswers> {
  const question = ExplanationQuestion.parse(GOLDEN_QUESTION);
  return explainFromTable({
    table: foldTable(responseTable(2, SOURCES.length, 7), HEAD),
    segments: [
      { startSeconds: 0, endSeconds: 15 },
      { startSeconds: 15, endSeconds: 30 },
    ],
    sources: SOURCES,
    question: { ...question, neighbourhood: GOLDEN_QUESTION.neighbourhood },
    enumerate: (table) => enumerate(module, table),
  });
}
