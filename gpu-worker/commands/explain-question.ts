import {
  DEFAULT_SAMPLES,
  ExplanationQuestion,
  ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import type { ResolvedQuestion } from "../explain/explain-audio.ts";
import { InputError } from "../input-error.ts";
import type { Given } from "./command.ts";
import type { explainOptions } from "./explain-options.ts";

/** The option that a field of the question comes from. */
const OPTION_OF: Record<string, keyof typeof explainOptions> = {
  type: "type",
  "neighbourhood.samples": "samples",
  "neighbourhood.seed": "seed",
  segments: "segments",
  kernelWidth: "kernel-width",
  featureSelection: "feature-selection",
  features: "features",
  target: "target",
};

/**
 * What is asked, from the command line's texts.
 *
 * @throws InputError that names the first option that is out of its range
 */
export function questionFrom(given: Given<typeof explainOptions>): ResolvedQuestion {
  const { masks, samples, seed, features } = given;
  if (masks !== undefined && (samples ?? seed) !== undefined) {
    throw new InputError(
      "--masks names the masks, so --samples and --seed cannot be given with it",
    );
  }
  const featureSelection = given["feature-selection"] ?? "none";
  if (features !== undefined && featureSelection === "none") {
    throw new InputError("--features needs a --feature-selection other than none");
  }
  const type = ExplanationType.safeParse(given.type);
  const kind = "sampled" as const;
  const drawn = type.success ? DEFAULT_SAMPLES[type.data] : DEFAULT_SAMPLES.time;
  const neighbourhood = {
    kind,
    samples: samples === undefined ? drawn : wholeNumber("samples", samples),
    seed: seed === undefined ? 0 : wholeNumber("seed", seed),
  };
  const parsed = ExplanationQuestion.safeParse({
    type: given.type,
    neighbourhood,
    segments: given.segments === undefined ? undefined : wholeNumber("segments", given.segments),
    kernelWidth: given["kernel-width"] === undefined ? undefined : Number(given["kernel-width"]),
    featureSelection,
    features: features === undefined ? undefined : wholeNumber("features", features),
    target: given.target,
  });
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const option = OPTION_OF[path.join(".")];
    throw new InputError(option ? `--${option} ${given[option]}: ${sentence(message)}` : message);
  }
  return { ...parsed.data, neighbourhood };
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InputError(`--${option} must be a whole number, not "${text}"`);
}

/** zod's messages start with a capital letter. */
function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
