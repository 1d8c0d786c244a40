import {
  DEFAULT_EFFECTIVE_SAMPLES,
  DEFAULT_SAMPLES,
  ExplanationQuestion,
  ExplanationType,
  type Neighbourhood,
} from "@lemons/shared/contract/explanation-request";
import type { ResolvedQuestion } from "../engine/explain/explain-audio.ts";
import { InputError } from "../engine/input-error.ts";
import type { Given } from "./command.ts";
import type { explainOptions } from "./explain-options.ts";
import { wholeNumber } from "./whole-number.ts";

/** The option that a field of the question comes from. */
const OPTION_OF: Record<string, keyof typeof explainOptions> = {
  type: "type",
  "neighbourhood.samples": "samples",
  "neighbourhood.seed": "seed",
  "neighbourhood.effectiveSamples": "effective-samples",
  segments: "segments",
  kernelWidth: "kernel-width",
  featureSelection: "feature-selection",
  features: "features",
  target: "target",
  threshold: "threshold",
};

/**
 * What is asked, from the command line's texts.
 *
 * @throws InputError that names the first option that is out of its range
 */
export function questionFrom(given: Given<typeof explainOptions>): ResolvedQuestion {
  const { features } = given;
  const featureSelection = given["feature-selection"] ?? "none";
  if (features !== undefined && featureSelection === "none") {
    throw new InputError("--features needs a --feature-selection other than none");
  }
  const neighbourhood = neighbourhoodFrom(given);
  const parsed = ExplanationQuestion.safeParse({
    type: given.type,
    neighbourhood,
    segments: given.segments === undefined ? undefined : wholeNumber("segments", given.segments),
    kernelWidth: given["kernel-width"] === undefined ? undefined : Number(given["kernel-width"]),
    featureSelection,
    features: features === undefined ? undefined : wholeNumber("features", features),
    target: given.target,
    threshold: given.threshold === undefined ? undefined : Number(given.threshold),
  });
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const option = OPTION_OF[path.join(".")];
    throw new InputError(option ? `--${option} ${given[option]}: ${sentence(message)}` : message);
  }
  return { ...parsed.data, neighbourhood };
}

/** Every mask unless some are drawn or named; its numbers are checked with the question. */
function neighbourhoodFrom(given: Given<typeof explainOptions>): Neighbourhood {
  const { masks, samples, seed, exhaustive } = given;
  const effective = given["effective-samples"];
  const isDrawn = (samples ?? seed) !== undefined;
  if (masks !== undefined && isDrawn) {
    throw new InputError(
      "--masks names the masks, so --samples and --seed cannot be given with it",
    );
  }
  if (exhaustive && isDrawn) {
    throw new InputError("--exhaustive counts every mask, so --samples and --seed make no sense");
  }
  if (isDrawn || (masks !== undefined && !exhaustive)) {
    if (effective !== undefined) {
      throw new InputError("--effective-samples is for --exhaustive; drawn masks have --samples");
    }
    const type = ExplanationType.safeParse(given.type);
    const drawn = type.success ? DEFAULT_SAMPLES[type.data] : DEFAULT_SAMPLES.time;
    return {
      kind: "sampled",
      samples: samples === undefined ? drawn : wholeNumber("samples", samples),
      seed: seed === undefined ? 0 : wholeNumber("seed", seed),
    };
  }
  return {
    kind: "exhaustive",
    effectiveSamples:
      effective === undefined
        ? DEFAULT_EFFECTIVE_SAMPLES
        : wholeNumber("effective-samples", effective),
  };
}

/** zod's messages start with a capital letter. */
function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
