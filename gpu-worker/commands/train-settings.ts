import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { Architecture } from "@lemons/shared/contract/model";
import { BestBy, TrainedPart, type TrainingConfig } from "@lemons/shared/contract/training";
import { InputError } from "../engine/input-error.ts";
import type { RunSettings } from "../research/training-run/record-run.ts";
import type { Given } from "./command.ts";
import { choice, decimalNumber, MAX_SEED, wholeNumber } from "./option-values.ts";

/** Options of `lemons train`. Those of the original LEMONS keep its names, with hyphens. */
export const TRAIN_OPTIONS = {
  catalogue: { value: "DIR", help: "catalogue folder: catalog.json, listening.tsv, audio" },
  listener: {
    value: "L...",
    multiple: true,
    takesRest: true,
    help: "listener whose taste to learn",
  },
  "shared-encoder": {
    help: "train one encoder with a head for each listener (default: of the catalogue)",
  },
  out: { value: "DIR", help: "folder of the model package" },
  id: { value: "ID", help: "id of the model; default fcn-LISTENER, or shared" },
  "input-length": { value: "N", help: "length of a crop in samples; default 16000, which is 1 s" },
  "batch-size": { value: "N", help: "crops in a batch; default 20" },
  "n-epochs": { value: "N", help: "number of epochs; default 1000" },
  lr: { value: "X", help: "Adam's learning rate; default 1e-3" },
  wd: {
    value: "X",
    help: "L2 weight decay, added to the gradient; default 1e-4, with --head-only 0.1",
  },
  "num-workers": { value: "N", help: "threads that decode and crop; default 1, 0 for none" },
  device: { value: "cpu|cuda", help: "where to compute; default LEMONS_PROVIDER, or cpu" },
  "model-load-path": { value: "RUN", help: "continue the stopped run in this folder" },
  "log-step": { value: "N", help: "batches between two records of the loss; default 100" },
  "use-tensorboard": { help: "write TensorBoard event files to the run's folder" },
  "user-name": { value: "L", help: "the original's name for --listener" },
  "experiment-name": { value: "NAME", help: "name in the records; default LEMONS" },
  "mongodb-db-name": { value: "NAME", help: "database of --observer; default LEMONS" },
  observer: { value: "URL", help: "mongodb://...: record the run as Sacred does; LEMONS_OBSERVER" },
  runs: { value: "DIR", help: "parent of the run's folder; default runs" },
  seed: { value: "N", help: "seed of weights, crops and dropout (training_seed); default 0" },
  "split-seed": { value: "N", help: "seed of the 80/10/10 split by track; default 0" },
  "train-part": { value: "PART", help: "train (default), or all: no validation, no test" },
  "best-by": {
    value: "HOW",
    help: "how to choose the epoch to keep: auc (default), ap, loss, last",
  },
  "calibrate-biases": {
    help: "at the end, shift biases so that 0.5 separates heard tracks from others",
  },
  patience: {
    value: "N",
    help: "stop after this many epochs without a better one; default 0, never",
  },
  "crops-per-track": { value: "N", help: "crops of each track in an epoch; default 1" },
  silence: { value: "X", help: "share of a batch that is silence, as negatives; default 0.1" },
  "positive-weight": {
    value: "X",
    help: "weight of positives in the loss, or balanced; default 1",
  },
  "label-smoothing": { value: "X", help: "label smoothing; default 0" },
  "augment-gain": { value: "DB", help: "random gain of up to this many dB either way; default 0" },
  "augment-speed": { value: "PERCENT", help: "random speed change of up to this much; default 0" },
  "augment-noise": {
    value: "DB",
    help: "noise at this many dB below full scale or less; default 0, none",
  },
  "augment-mixup": { value: "X", help: "share of a second crop, up to 0.5; default 0" },
  channels: { value: "LIST", help: "channels of the network's blocks; default 64,128,128,128,64" },
  dropout: { value: "X", help: "dropout before the heads; default 0.5" },
  "head-only": { help: "fit only a new head on the encoder of --model, in seconds" },
  model: { value: "PKG", help: "model package whose encoder --head-only uses" },
  "cross-validation": { value: "K", help: "measure on K folds instead of writing a model" },
  json: { help: "print one JSON document" },
} as const;

type TrainGiven = Given<typeof TRAIN_OPTIONS>;

const MAX_EPOCHS = 1_000_000;
const MAX_WORKERS = 64;
/** Fifteen minutes at 16 kHz. */
const MAX_INPUT_LENGTH = 14_400_000;

/** The settings that determine a training's numbers, without the listeners, who come from the catalogue. */
export type ConfigWithoutListeners = Omit<TrainingConfig, "listeners" | "architecture"> & {
  architecture: Omit<Architecture, "heads">;
};

/** The original's settings; our additions are off, except silence, which explanations are measured against. */
export const DEFAULT_CONFIG: ConfigWithoutListeners = {
  architecture: { bands: DEFAULT_FRONT_END.nMels, channels: [64, 128, 128, 128, 64], dropout: 0.5 },
  frontEnd: DEFAULT_FRONT_END,
  trainedPart: "train",
  splitSeed: 0,
  seed: 0,
  inputLength: 16_000,
  batchSize: 20,
  cropsPerTrack: 1,
  lr: 1e-3,
  wd: 1e-4,
  silence: 0.1,
  positiveWeight: 1,
  labelSmoothing: 0,
  augmentation: { gainDb: 0, speedPercent: 0, noiseDb: 0, mixup: 0 },
  bestBy: "auc",
  calibration: "none",
};

/**
 * Reads the options that determine a training's numbers.
 *
 * @param defaults values of options that are not given
 * @throws InputError that names the first option that is wrong
 */
export function configFrom(
  given: TrainGiven,
  defaults: ConfigWithoutListeners,
): ConfigWithoutListeners {
  type Key = keyof TrainGiven;
  const text = (key: Key) => given[key] as string | undefined;
  const whole = (key: Key, min: number, max: number, fallback: number) => {
    const value = text(key);
    return value === undefined ? fallback : wholeNumber(key, value, { min, max });
  };
  const decimal = (key: Key, min: number, max: number, fallback: number) => {
    const value = text(key);
    return value === undefined ? fallback : decimalNumber(key, value, min, max);
  };
  const { architecture, augmentation } = defaults;
  const config: ConfigWithoutListeners = {
    ...defaults,
    architecture: {
      ...architecture,
      channels: channelsFrom(text("channels")) ?? architecture.channels,
      dropout: decimal("dropout", 0, 0.99, architecture.dropout),
    },
    trainedPart: choice(
      "train-part",
      TrainedPart.options,
      text("train-part") ?? defaults.trainedPart,
    ),
    splitSeed: whole("split-seed", 0, MAX_SEED, defaults.splitSeed),
    seed: whole("seed", 0, MAX_SEED, defaults.seed),
    inputLength: whole("input-length", 1, MAX_INPUT_LENGTH, defaults.inputLength),
    batchSize: whole("batch-size", 1, 4096, defaults.batchSize),
    cropsPerTrack: whole("crops-per-track", 1, 1000, defaults.cropsPerTrack),
    lr: decimal("lr", 1e-12, 10, defaults.lr),
    wd: decimal("wd", 0, 10, defaults.wd),
    silence: decimal("silence", 0, 0.5, defaults.silence),
    positiveWeight:
      text("positive-weight") === "balanced"
        ? "balanced"
        : text("positive-weight") === undefined
          ? defaults.positiveWeight
          : decimal("positive-weight", 1e-6, 1000, 1),
    labelSmoothing: decimal("label-smoothing", 0, 0.5, defaults.labelSmoothing),
    augmentation: {
      gainDb: decimal("augment-gain", 0, 40, augmentation.gainDb),
      speedPercent: whole("augment-speed", 0, 20, augmentation.speedPercent),
      noiseDb: decimal("augment-noise", 0, 80, augmentation.noiseDb),
      mixup: decimal("augment-mixup", 0, 0.5, augmentation.mixup),
    },
    bestBy: choice("best-by", BestBy.options, text("best-by") ?? defaults.bestBy),
    calibration: given["calibrate-biases"] ? "biases" : defaults.calibration,
  };
  if (config.trainedPart === "all" && config.bestBy !== "last") {
    throw new InputError(
      "--train-part all leaves no tracks to choose the epoch by; give --best-by last",
    );
  }
  checkInputLength(config);
  return config;
}

/** Every block halves the frames, and the last needs at least one. */
function checkInputLength({ inputLength, frontEnd, architecture }: ConfigWithoutListeners): void {
  const leastFrames = 2 ** architecture.channels.length;
  const least = Math.max((leastFrames - 1) * frontEnd.hop, frontEnd.nFft / 2 + 1);
  if (inputLength >= least) return;
  throw new InputError(
    `--input-length must be at least ${least} for ${architecture.channels.length} blocks, not ${inputLength}`,
  );
}

/** @throws InputError that names the first option that is wrong */
export function runSettingsFrom(
  given: TrainGiven,
  environment: Record<string, string | undefined>,
): RunSettings {
  const whole = (key: keyof TrainGiven, min: number, max: number, fallback: number) => {
    const value = given[key] as string | undefined;
    return value === undefined ? fallback : wholeNumber(key, value, { min, max });
  };
  const observer = given.observer ?? (environment.LEMONS_OBSERVER || null);
  if (observer !== null && !/^mongodb(\+srv)?:\/\/./.test(observer)) {
    throw new InputError("--observer must be a URL that begins with mongodb:// or mongodb+srv://");
  }
  const database = given["mongodb-db-name"] ?? "LEMONS";
  if (!/^[\w-]{1,63}$/.test(database)) {
    throw new InputError(
      `--mongodb-db-name "${database}" may contain only letters, digits, _ and -`,
    );
  }
  return {
    epochs: whole("n-epochs", 1, MAX_EPOCHS, 1000),
    patience: whole("patience", 0, MAX_EPOCHS, 0),
    logStep: whole("log-step", 1, MAX_EPOCHS, 100),
    workers: whole("num-workers", 0, MAX_WORKERS, 1),
    folds: given["cross-validation"] === undefined ? null : whole("cross-validation", 2, 1000, 2),
    records: {
      tensorboard: given["use-tensorboard"] ?? false,
      observer,
      experimentName: given["experiment-name"] ?? "LEMONS",
      database,
    },
  };
}

/** @returns null for all listeners of the catalogue */
export function listenersFrom(given: TrainGiven): ListenerId[] | null {
  const named = [...(given.listener ?? []), ...(given["user-name"] ? [given["user-name"]] : [])];
  const listeners = named.map((name) => {
    const listener = ListenerId.safeParse(name);
    if (listener.success) return listener.data;
    throw new InputError(`--listener "${name}" can't be the id of a listener`);
  });
  if (new Set(listeners).size < listeners.length) {
    throw new InputError("--listener names one listener twice");
  }
  if (given["shared-encoder"]) return listeners.length > 0 ? listeners : null;
  if (listeners.length === 1) return listeners;
  throw new InputError(
    listeners.length === 0
      ? "train needs --listener L, or --shared-encoder for all listeners of the catalogue"
      : "a model has one listener; give one --listener, or --shared-encoder for several heads",
  );
}

/** @param listeners the first one names the model by default */
export function modelIdFrom(given: TrainGiven, listeners: readonly ListenerId[]): ModelId {
  const id = ModelId.safeParse(
    given.id ?? (given["shared-encoder"] ? "shared" : `fcn-${listeners[0]}`),
  );
  if (id.success) return id.data;
  throw new InputError(
    `--id "${given.id}" can't be the id of a model: ${id.error.issues[0]!.message}`,
  );
}

export function deviceFrom(given: TrainGiven, fallback: "cpu" | "cuda"): "cpu" | "cuda" {
  // The original takes PyTorch's names.
  const device = given.device === "cuda:0" ? "cuda" : given.device;
  return choice("device", ["cpu", "cuda"] as const, device ?? fallback);
}

function channelsFrom(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const channels = Architecture.shape.channels.safeParse(
    text.split(",").map((each) => (/^\d{1,4}$/.test(each) ? Number(each) : Number.NaN)),
  );
  if (channels.success) return channels.data;
  throw new InputError(
    `--channels must be 1 to 8 whole numbers up to 1024, separated by commas, not "${text}"`,
  );
}
