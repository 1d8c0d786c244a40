import type { Explanation } from "../contract/explanation.ts";
import type { ExplanationQuestion } from "../contract/explanation-request.ts";
import type { ExhaustiveNeighbourhood } from "../contract/neighbourhood.ts";
import type { ComponentPlace } from "./components.ts";
import { deletionInsertion } from "./curves.ts";
import { type DescribedFit, describeFit, featuresKept } from "./described-fit.ts";
import { fitExhaustively } from "./exhaustive-fit.ts";
import type { Mask } from "./mask.ts";
import type { MaskStatistics } from "./mask-statistics.ts";
import { shapleyValues } from "./shapley.ts";
import { sigmoid } from "./sigmoid.ts";
import { decisiveSets } from "./sufficient-necessary.ts";

/** What is known once every mask has been counted. */
export interface StatisticsInput {
  question: ExplanationQuestion & { neighbourhood: ExhaustiveNeighbourhood };
  /** Where each component lies, in index order. */
  places: readonly ComponentPlace[];
  statistics: MaskStatistics;
  /** Relevance of one mask. */
  relevanceOf: (mask: Mask) => number;
}

/** The part of an explanation that follows from the answers to all masks. */
export type StatisticsExplanation = DescribedFit &
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
 * Explains from every mask, wherever they were counted. Logit, relevance and Shapley values come from
 * one count, so that Shapley values add up to relevance - relevance of silence.
 *
 * @throws RangeError where a number is out of range
 */
export function explainFromStatistics(input: StatisticsInput): StatisticsExplanation {
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
