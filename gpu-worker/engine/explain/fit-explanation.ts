import type { Explanation } from "@lemons/shared/contract/explanation";
import type { ExplanationAnswers } from "@lemons/shared/explanation/assemble-explanation";
import type { ComponentPlace } from "@lemons/shared/explanation/components";
import { describeFit, featuresKept } from "@lemons/shared/explanation/described-fit";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { fitLocal, targetPredictions } from "@lemons/shared/explanation/local-fit";
import { kept, type Mask } from "@lemons/shared/explanation/mask";
import type { SampledMasks } from "./neighbourhood.ts";
import type { SampledQuestion } from "./resolved-question.ts";

export interface FitExplanationInput {
  question: SampledQuestion;
  /** Where each component lies, in index order. */
  places: readonly ComponentPlace[];
  sampled: SampledMasks;
  /** The model's answer to each distinct mask. */
  logits: readonly number[];
}

/** Fits the local linear model to the answers and says what it means. */
export function fitExplanation(input: FitExplanationInput): ExplanationAnswers {
  const { question, places, sampled, logits } = input;
  const { masks, distinct, indexOf } = sampled;
  const { kernelWidth, featureSelection, target } = question;

  const distinctRelevances = logits.map(sigmoid);
  const relevances = Array.from(indexOf, (index) => distinctRelevances[index]!);
  const relevance = relevances[0]!;
  const silence = distinct.findIndex((mask) => kept(mask) === 0);
  const fit = fitLocal({
    masks,
    predictions: targetPredictions(target, relevances),
    kernelWidth,
    featureSelection,
    features: featuresKept(question, places.length),
  });
  return {
    ...describeFit({ question, places, fit, relevance, shapley: null, sufficient: null }),
    neighbourhood: {
      ...sampled.settings,
      distinctMasks: distinct.length,
      suppliedMasks: sampled.supplied,
    },
    logit: logits[0]!,
    relevanceOfSilence: silence === -1 ? null : distinctRelevances[silence]!,
    sufficient: null,
    necessary: null,
    decision: { threshold: null, reason: "sampled" },
    curves: null,
    ...(sampled.supplied && answeredMasks(masks, relevances)),
  };
}

/** The caller's masks and the relevance of each, as an explanation reports them. */
export function answeredMasks(
  masks: readonly Mask[],
  predictions: number[],
): Required<Pick<Explanation, "masks" | "predictions">> {
  return {
    masks: masks.map((mask) => Array.from(mask, (bit) => (bit === 1 ? 1 : 0))),
    predictions,
  };
}
