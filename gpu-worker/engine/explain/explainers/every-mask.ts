import { componentCount, componentsOf } from "@lemons/shared/explanation/components";
import { explainFromStatistics } from "@lemons/shared/explanation/explain-from-table";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { allMasks, numberOfMask } from "@lemons/shared/explanation/mask";
import { tallyMasks } from "@lemons/shared/explanation/mask-statistics";
import { reportedMasks, suppliedMasks } from "../masks.ts";
import { maskedMixOf, scoreMasks } from "../score-masks.ts";
import type { Explainer } from "./explainer.ts";

/** As many forward passes as the sampled masks of 25 components take. */
const MAX_FORWARDS = 256;

/** Explains an exhaustive neighbourhood of few components by a forward pass for every mask. */
export const everyMaskExplainer: Explainer = {
  name: "every mask",
  async explain(input) {
    const { question, segments, sound, stopwatch } = input;
    const { type, neighbourhood } = question;
    const { sources } = sound.separated;
    const components = componentCount({ type, segments: segments.length, sources: sources.length });
    if (neighbourhood.kind === "sampled" || 2 ** components > MAX_FORWARDS) {
      return { reason: `${components} components have too many masks for a forward pass each` };
    }
    const maskedMix = await maskedMixOf(input);
    const supplied = input.masks === undefined ? null : suppliedMasks(input.masks, components);
    // The first mask is the whole track.
    const masks = allMasks(components);
    const { logits, engine } = await scoreMasks(input, maskedMix, masks);
    const byNumber = new Map(masks.map((mask, i) => [numberOfMask(mask), sigmoid(logits[i]!)]));
    const relevanceOf = (mask: Uint8Array) => byNumber.get(numberOfMask(mask))!;
    const answers = stopwatch.time("fitting", () =>
      explainFromStatistics({
        question: { ...question, neighbourhood },
        places: componentsOf({ type, segments, sources }),
        statistics: tallyMasks(masks, logits),
        relevanceOf,
      }),
    );
    return {
      answers: { ...answers, ...(supplied && reportedMasks(supplied, supplied.map(relevanceOf))) },
      engine: engine(),
      table: null,
    };
  },
};
