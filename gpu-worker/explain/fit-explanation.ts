import type { Component, Explanation } from "@lemons/shared/contract/explanation";
import { complexity } from "@lemons/shared/explanation/complexity";
import type { ComponentPlace } from "@lemons/shared/explanation/components";
import { fitLocal } from "@lemons/shared/explanation/local-fit";
import { kept } from "@lemons/shared/explanation/mask";
import { sortedComponents } from "@lemons/shared/explanation/sorted-components";
import { summarise } from "@lemons/shared/explanation/summary";
import { targetPredictions } from "@lemons/shared/explanation/target";
import { relevanceOf } from "../model/relevance.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { ResolvedQuestion } from "./resolved-question.ts";

export interface FitExplanationInput {
  question: ResolvedQuestion;
  /** Where each component lies, in index order. */
  places: readonly ComponentPlace[];
  neighbourhood: Neighbourhood;
  /** The model's answer to each distinct mask. */
  logits: readonly number[];
}

/** The part of an explanation that follows from the model's answers. */
export type FittedExplanation = Pick<
  Explanation,
  | "neighbourhood"
  | "kernelWidth"
  | "featureSelection"
  | "features"
  | "relevance"
  | "logit"
  | "relevanceOfSilence"
  | "intercept"
  | "fidelity"
  | "localPrediction"
  | "components"
  | "ranking"
  | "complexity"
  | "summary"
  | "masks"
  | "predictions"
>;

/** Fits the local linear model to the answers and says what it means. */
export function fitExplanation(input: FitExplanationInput): FittedExplanation {
  const { question, places, neighbourhood, logits } = input;
  const { masks, distinct, indexOf } = neighbourhood;
  const { kernelWidth, featureSelection, target, type } = question;
  const features = Math.min(question.features ?? places.length, places.length);

  const distinctRelevances = logits.map(relevanceOf);
  const relevances = Array.from(indexOf, (index) => distinctRelevances[index]!);
  const relevance = relevances[0]!;
  const silence = distinct.findIndex((mask) => kept(mask) === 0);
  const fit = fitLocal({
    masks,
    predictions: targetPredictions(target, relevances),
    kernelWidth,
    featureSelection,
    features,
  });
  const components: Component[] = places.map((place, index) => ({
    ...place,
    weight: fit.weights[index]!,
  }));
  return {
    neighbourhood: {
      ...neighbourhood.settings,
      distinctMasks: distinct.length,
      suppliedMasks: neighbourhood.supplied,
    },
    kernelWidth,
    featureSelection,
    features,
    relevance,
    logit: logits[0]!,
    relevanceOfSilence: silence === -1 ? null : distinctRelevances[silence]!,
    intercept: fit.intercept,
    fidelity: fit.fidelity,
    localPrediction: fit.localPrediction,
    components,
    ranking: sortedComponents(fit.weights),
    complexity: complexity(fit.weights),
    summary: summarise({ type, target, relevance, fidelity: fit.fidelity, components }),
    ...(neighbourhood.supplied && {
      masks: masks.map((mask) => Array.from(mask, (bit) => (bit === 1 ? 1 : 0))),
      predictions: relevances,
    }),
  };
}
