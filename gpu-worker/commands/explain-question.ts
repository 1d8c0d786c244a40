import {
  DEFAULT_EFFECTIVE_SAMPLES,
  DEFAULT_KERNEL_WIDTH,
  DEFAULT_SAMPLES,
  DEFAULT_SEGMENTS,
  ExplanationQuestion,
  ExplanationType,
  type Neighbourhood,
} from "@lemons/shared/contract/explanation-request";
import {
  DEFAULT_SEPARATOR,
  MixSeparatorName,
  type SeparatorName,
} from "@lemons/shared/contract/separator";
import type { ResolvedQuestion } from "../engine/explain/explain-audio.ts";
import { InputError } from "../engine/input-error.ts";
import type { Given } from "./command.ts";
import { LISTENER_OPTION, MODEL_OPTION, wholeNumber } from "./option-values.ts";

/** The option behind each field of the question. */
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
 * Reads the question from the options.
 *
 * @throws InputError that names the first option that is out of range
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

/** Returns every mask, unless some are sampled or supplied. The schema checks the numbers later. */
function neighbourhoodFrom(given: Given<typeof explainOptions>): Neighbourhood {
  const { masks, samples, seed, exhaustive } = given;
  const effective = given["effective-samples"];
  const isSampled = (samples ?? seed) !== undefined;
  if (masks !== undefined && isSampled) {
    throw new InputError("--masks lists the masks; leave out --samples and --seed");
  }
  if (exhaustive && isSampled) {
    throw new InputError("--exhaustive evaluates every mask; leave out --samples and --seed");
  }
  if (isSampled || (masks !== undefined && !exhaustive)) {
    if (effective !== undefined) {
      throw new InputError(
        "--effective-samples goes with --exhaustive; for sampled masks use --samples",
      );
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

/** Lowers the capital letter that zod's messages start with. */
function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/**
 * Returns the named separator, else `stems` if there are stems, else the default.
 *
 * @throws InputError for a separator that is not installed
 */
export function separatorFrom({ stems, separator }: Given<typeof explainOptions>): SeparatorName {
  if (separator === undefined) return stems === undefined ? DEFAULT_SEPARATOR : "stems";
  const parsed = MixSeparatorName.safeParse(separator);
  if (parsed.success) return parsed.data;
  throw new InputError(`--separator ${parsed.error.issues[0]!.message}`);
}

/** Options of `lemons explain`. */
export const explainOptions = {
  model: MODEL_OPTION,
  listener: LISTENER_OPTION,
  audio: { value: "F", help: "the track: wav, aiff, mp3, ogg, opus, flac, m4a" },
  type: { value: "TYPE", help: "parts to explain by: time, source or time+source" },
  stems: { value: "DIR", help: "your own stems, files named by source: drums.wav" },
  separator: {
    value: "S",
    help: `takes the track apart: ${MixSeparatorName.options.join(" or ")}; default: your stems if given, else ${DEFAULT_SEPARATOR}`,
  },
  exhaustive: { help: "evaluate every mask; the default if the model allows it" },
  "effective-samples": {
    value: "N",
    help: `weigh all masks like N sampled ones, 2 to 8192; default ${DEFAULT_EFFECTIVE_SAMPLES}`,
  },
  samples: {
    value: "N",
    help: `sample masks instead, 2 to 8192; default ${DEFAULT_SAMPLES.time}, for time+source ${DEFAULT_SAMPLES["time+source"]}`,
  },
  seed: { value: "K", help: "seed of the sampled masks, as in NumPy; default 0" },
  masks: {
    value: "FILE",
    help: "fit on these masks only: JSON array of arrays of 0 and 1, the first all ones; with --exhaustive, also report their relevance",
  },
  segments: { value: "N", help: `equal parts in time, 1 to 8; default ${DEFAULT_SEGMENTS}` },
  "kernel-width": {
    value: "W",
    help: `locality of the fit, 0.01 to 10; default ${DEFAULT_KERNEL_WIDTH}`,
  },
  "feature-selection": {
    value: "HOW",
    help: "none (default), auto, highest_weights, forward_selection or lasso_path",
  },
  features: { value: "K", help: "number of components that the feature selection keeps, 1 to 64" },
  "query-source": { value: "S", help: "render highlights of this source only" },
  target: { value: "WHAT", help: "relevance (default) or predicted-class" },
  threshold: {
    value: "P",
    help: "relevance that the fewest sufficient parts must reach, between 0 and 1; default 0.5, or halfway between silence and the track",
  },
  out: { value: "DIR", help: "folder for explanation.json, table.bin, top-1.mp3 and top-3.mp3" },
  json: { help: "print the explanation as one JSON document" },
} as const;
