import type { Explanation } from "../contract/explanation.ts";
import type { ExplanationQuestion } from "../contract/explanation-request.ts";
import type { ComponentPlace } from "./components.ts";
import type { LocalFit } from "./local-fit.ts";
import { complexity, sortedComponents } from "./ranking.ts";
import { summarise } from "./summary.ts";

/** A local fit with its question and components. */
export interface DescribedFitInput {
  question: ExplanationQuestion;
  /** Places of the components, in index order. */
  places: readonly ComponentPlace[];
  fit: LocalFit;
  /** Relevance of the whole track. */
  relevance: number;
  /** Shapley value of each component; null if masks were sampled. */
  shapley: ArrayLike<number> | null;
  /** The fewest components that alone keep the relevance up; null if unknown. */
  sufficient: Explanation["sufficient"];
}

/** The fields of an explanation that follow from a local fit. */
export type DescribedFit = Pick<
  Explanation,
  | "type"
  | "target"
  | "kernelWidth"
  | "featureSelection"
  | "features"
  | "relevance"
  | "intercept"
  | "fidelity"
  | "localPrediction"
  | "components"
  | "ranking"
  | "complexity"
  | "summary"
>;

/** Returns the most components that a fit keeps. */
export function featuresKept({ features }: ExplanationQuestion, components: number): number {
  return Math.min(features ?? components, components);
}

/** Converts a local fit to fields of an explanation, and sums it up in words. */
export function describeFit(input: DescribedFitInput): DescribedFit {
  const { question, places, fit, relevance, shapley, sufficient } = input;
  const { type, target, kernelWidth, featureSelection } = question;
  const { weights, intercept, fidelity, localPrediction } = fit;
  const components = places.map((place, index) => ({
    ...place,
    weight: weights[index]!,
    shapley: shapley ? shapley[index]! : null,
  }));
  return {
    type,
    target,
    kernelWidth,
    featureSelection,
    features: featuresKept(question, places.length),
    relevance,
    intercept,
    fidelity,
    localPrediction,
    components,
    ranking: sortedComponents(weights),
    complexity: complexity(weights),
    summary: summarise({ type, target, relevance, fidelity, components, sufficient }),
  };
}
