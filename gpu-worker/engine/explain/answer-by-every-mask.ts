import type { Engine } from "@lemons/shared/contract/explanation";
import type { ExplanationAnswers } from "@lemons/shared/explanation/assemble-explanation";
import { componentCount, componentsOf } from "@lemons/shared/explanation/components";
import {
  type ExhaustiveQuestion,
  explainFromStatistics,
} from "@lemons/shared/explanation/explain-from-table";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { allMasks, numberOfMask } from "@lemons/shared/explanation/mask";
import { tallyMasks } from "@lemons/shared/explanation/mask-statistics";
import { type AnswerBySamplesInput, denseEngine, maskedMixOf } from "./answer-by-samples.ts";
import { answeredMasks } from "./fit-explanation.ts";
import { maskLogits } from "./mask-logits.ts";
import { suppliedMasksOf } from "./neighbourhood.ts";

/** Forward passes that are worth it: no more than drawn masks of 25 components take. */
const MAX_FORWARDS = 256;

export interface AnswerByEveryMaskInput extends Omit<AnswerBySamplesInput, "question" | "masks"> {
  question: ExhaustiveQuestion;
}

/** Whether so many components are few enough to ask the model about every mask. */
export function isEveryMaskAffordable(components: number): boolean {
  return 2 ** components <= MAX_FORWARDS;
}

/**
 * Counts every mask without a table: asks the model itself about each.
 *
 * @throws InputError where masks or model cannot be used; the signal's reason where it is aborted
 */
export async function answerByEveryMask(
  input: AnswerByEveryMaskInput,
): Promise<{ fitted: ExplanationAnswers; engine: Engine }> {
  const { question, segments, separated, stopwatch, onProgress, onRelevance } = input;
  const { type } = question;
  const maskedMix = await maskedMixOf(input);
  const components = componentCount(maskedMix.grid);
  const further =
    input.furtherMasks === undefined ? null : suppliedMasksOf(input.furtherMasks, components);
  // The whole track comes first.
  const masks = allMasks(components);
  let announced = false;
  const logits = await maskLogits({
    ...input,
    maskedMix,
    masks,
    onScored: (known) => {
      if (!announced) onRelevance?.(sigmoid(known[0]!));
      announced = true;
      onProgress?.({ phase: "scoring", done: known.length, total: masks.length });
    },
  });
  const byNumber = new Map(masks.map((mask, i) => [numberOfMask(mask), sigmoid(logits[i]!)]));
  const relevanceOfMask = (mask: Uint8Array) => byNumber.get(numberOfMask(mask))!;
  const fitted = stopwatch.time("fitting", () =>
    explainFromStatistics({
      question,
      places: componentsOf({ type, segments, sources: separated.sources }),
      statistics: tallyMasks(masks, logits),
      relevanceOf: relevanceOfMask,
    }),
  );
  return {
    fitted: { ...fitted, ...(further && answeredMasks(further, further.map(relevanceOfMask))) },
    engine: denseEngine(input.reason, masks.length, stopwatch.seconds()),
  };
}
