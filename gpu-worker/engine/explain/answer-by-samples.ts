import type { Engine } from "@lemons/shared/contract/explanation";
import type { Progress } from "@lemons/shared/contract/job";
import type { ExplanationAnswers } from "@lemons/shared/explanation/assemble-explanation";
import {
  componentCount,
  componentsOf,
  type SegmentTime,
} from "@lemons/shared/explanation/components";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { distinctMasks } from "@lemons/shared/explanation/mask";
import type { ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import type { SeparatedSources } from "../separate/separator.ts";
import { answeredMasks, fitExplanation } from "./fit-explanation.ts";
import type { HeardSound } from "./heard-sound.ts";
import { maskLogits } from "./mask-logits.ts";
import { createMaskedMix, type MaskedMix } from "./masked-mix.ts";
import { sampledMasksOf, suppliedMasksOf } from "./neighbourhood.ts";
import type { SampledQuestion } from "./resolved-question.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface AnswerBySamplesInput {
  question: SampledQuestion;
  /** Why no table answers. */
  reason: string;
  heard: HeardSound;
  separated: SeparatedSources;
  segments: readonly SegmentTime[];
  model: ModelPackage;
  scorer: Scorer;
  /** Masks (parsed JSON) to fit on instead of drawn ones. */
  masks: unknown;
  /** Masks (parsed JSON) whose relevance is wanted besides, without a part in the fit. */
  furtherMasks: unknown;
  stopwatch: Stopwatch;
  onProgress?: ((progress: Progress) => void) | undefined;
  onRelevance?: ((relevance: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Asks the model itself about each different mask: drawn ones, as the original does, or named ones.
 *
 * @throws InputError where masks or model cannot be used; the signal's reason where it is aborted
 */
export async function answerBySamples(
  input: AnswerBySamplesInput,
): Promise<{ fitted: ExplanationAnswers; engine: Engine }> {
  const { question, segments, separated, stopwatch, onProgress, onRelevance } = input;
  const { type } = question;
  const maskedMix = await maskedMixOf(input);
  const components = componentCount(maskedMix.grid);
  const sampled = sampledMasksOf(question.neighbourhood, components, input.masks);
  const further =
    input.furtherMasks === undefined ? [] : suppliedMasksOf(input.furtherMasks, components);
  // Each different one once, whether it is for the fit or not; those of the fit come first.
  const { distinct, indexOf } = distinctMasks([...sampled.distinct, ...further]);
  let announced = false;
  const logits = await maskLogits({
    ...input,
    maskedMix,
    masks: distinct,
    onScored: (known) => {
      if (!announced) onRelevance?.(sigmoid(known[0]!));
      announced = true;
      onProgress?.({ phase: "scoring", done: known.length, total: distinct.length });
    },
  });
  const places = componentsOf({ type, segments, sources: separated.sources });
  const fitted = stopwatch.time("fitting", () =>
    fitExplanation({
      question,
      places,
      sampled,
      logits: logits.slice(0, sampled.distinct.length),
    }),
  );
  const furtherRelevances = further.map((_, i) =>
    sigmoid(logits[indexOf[sampled.distinct.length + i]!]!),
  );
  return {
    fitted: { ...fitted, ...(further.length > 0 && answeredMasks(further, furtherRelevances)) },
    engine: denseEngine(input.reason, distinct.length, stopwatch.seconds()),
  };
}

/** What the model hears of each mask. */
export async function maskedMixOf({
  question: { type },
  heard,
  segments,
  stopwatch,
}: Pick<AnswerBySamplesInput, "heard" | "segments" | "stopwatch"> & {
  question: Pick<SampledQuestion, "type">;
}): Promise<MaskedMix> {
  const mix = await stopwatch.timeAsync("resampling", heard.mix);
  const sources = type === "time" ? [mix] : await stopwatch.timeAsync("resampling", heard.sources);
  return createMaskedMix({ mix, sources, type, segments: segments.length });
}

/** What it took to ask the model itself. */
export function denseEngine(
  reason: string,
  forwards: number,
  seconds: Record<string, number>,
): Engine {
  const { mixing = 0, spectrogram = 0, forward = 0 } = seconds;
  return {
    kind: "dense",
    reason,
    blocks: 0,
    columnsEvaluated: 0,
    forwardEquivalents: forwards,
    seconds: { mixing, spectrogram, forward },
  };
}
