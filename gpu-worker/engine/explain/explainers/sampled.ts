import {
  DEFAULT_SAMPLES,
  type SampledNeighbourhood,
} from "@lemons/shared/contract/explanation-request";
import type { ExplanationAnswers } from "@lemons/shared/explanation/assemble-explanation";
import {
  type ComponentPlace,
  componentCount,
  componentsOf,
} from "@lemons/shared/explanation/components";
import { describeFit, featuresKept } from "@lemons/shared/explanation/described-fit";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { fitLocal, targetPredictions } from "@lemons/shared/explanation/local-fit";
import { distinctMasks, kept } from "@lemons/shared/explanation/mask";
import { reportedMasks, type SampledMasks, sampledMasks, suppliedMasks } from "../masks.ts";
import { maskedMixOf, scoreMasks } from "../score-masks.ts";
import type { Explainer, ResolvedQuestion } from "./explainer.ts";

/**
 * Explains by a forward pass for each distinct mask of a sample, as audioLIME does. An exhaustive
 * neighbourhood is replaced by the default number of samples of its type.
 */
export const sampledExplainer: Explainer = {
  name: "sampled masks",
  async explain(input) {
    const { question, segments, sound, stopwatch } = input;
    const { type } = question;
    const isSampled = question.neighbourhood.kind === "sampled";
    const neighbourhood: SampledNeighbourhood =
      question.neighbourhood.kind === "sampled"
        ? question.neighbourhood
        : { kind: "sampled", samples: DEFAULT_SAMPLES[type], seed: 0 };
    const maskedMix = await maskedMixOf(input);
    const components = componentCount(maskedMix.grid);
    const sample = sampledMasks(neighbourhood, components, isSampled ? input.masks : undefined);
    const others =
      isSampled || input.masks === undefined ? [] : suppliedMasks(input.masks, components);
    // The sample's masks come first, the whole track before all others.
    const { distinct, indexOf } = distinctMasks([...sample.distinct, ...others]);
    const { logits, engine } = await scoreMasks(input, maskedMix, distinct);
    const places = componentsOf({ type, segments, sources: sound.separated.sources });
    const answers = stopwatch.time("fitting", () =>
      fitSample(question, places, sample, logits.slice(0, sample.distinct.length)),
    );
    const otherRelevances = others.map((_, i) =>
      sigmoid(logits[indexOf[sample.distinct.length + i]!]!),
    );
    return {
      answers: { ...answers, ...(others.length > 0 && reportedMasks(others, otherRelevances)) },
      engine: engine(),
      table: null,
    };
  },
};

/**
 * Fits the local linear model to a sample.
 *
 * @param places of the components, in index order
 * @param logits of the sample's distinct masks
 */
function fitSample(
  question: ResolvedQuestion,
  places: readonly ComponentPlace[],
  sample: SampledMasks,
  logits: readonly number[],
): ExplanationAnswers {
  const { masks, distinct, indexOf } = sample;
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
      ...sample.settings,
      distinctMasks: distinct.length,
      suppliedMasks: sample.supplied,
    },
    logit: logits[0]!,
    relevanceOfSilence: silence === -1 ? null : distinctRelevances[silence]!,
    sufficient: null,
    necessary: null,
    decision: { threshold: null, reason: "sampled" },
    curves: null,
    ...(sample.supplied && reportedMasks(masks, relevances)),
  };
}
