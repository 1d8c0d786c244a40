import type { Explanation } from "../contract/explanation.ts";
import type { ExplanationQuestion } from "../contract/explanation-request.ts";
import type { ComponentPlace } from "./components.ts";
import type { LocalFit } from "./local-fit.ts";
import { complexity, sortedComponents } from "./ranking.ts";
import { summarise } from "./summary.ts";

/** A local fit and what it is a fit of. */
export interface DescribedFitInput {
  question: ExplanationQuestion;
  /** Where each component lies, in index order. */
  places: readonly ComponentPlace[];
  fit: LocalFit;
  /** Relevance of the whole track. */
  relevance: number;
  /** Shapley value of each component; null where not every mask was counted. */
  shapley: ArrayLike<number> | null;
  /** Fewest components that alone keep the recommendation; null where not every mask was counted. */
  sufficient: Explanation["sufficient"];
}

/** The part of an explanation that follows from a local fit, however its masks were chosen. */
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

/** At most how many components a fit keeps. */
export function featuresKept({ features }: ExplanationQuestion, components: number): number {
  return Math.min(features ?? components, components);
}

/** Puts a local fit into the contract's terms and into words. */
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
