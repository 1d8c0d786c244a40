import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { Architecture } from "@lemons/shared/contract/model";
import { BestBy, TrainedPart, type TrainingConfig } from "@lemons/shared/contract/training";
import { InputError } from "../engine/input-error.ts";
import type { Given } from "./command.ts";
import { decimalNumber } from "./decimal-number.ts";
import type { TRAIN_OPTIONS } from "./train-options.ts";
import { wholeNumber } from "./whole-number.ts";

type TrainGiven = Given<typeof TRAIN_OPTIONS>;

const MAX_SEED = 0xffffffff;
const MAX_EPOCHS = 1_000_000;
const MAX_WORKERS = 64;
/** Fifteen minutes at the model's rate. */
const MAX_INPUT_LENGTH = 14_400_000;

/** What decides the numbers, but for the listeners, who come with the catalogue. */
export type ConfigWithoutListeners = Omit<TrainingConfig, "listeners" | "architecture"> & {
  architecture: Omit<Architecture, "heads">;
};

/** The original's, and ours off, but for silence: an explanation is measured against it. */
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
 * Reads the options that decide a training's numbers.
 *
 * @param defaults what holds where an option is not given
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
    return value === undefined ? fallback : wholeFrom(key, value, min, max);
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
      text("train-part"),
      defaults.trainedPart,
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
    bestBy: choice("best-by", BestBy.options, text("best-by"), defaults.bestBy),
    calibration: given["calibrate-biases"] ? "biases" : defaults.calibration,
  };
  if (config.trainedPart === "all" && config.bestBy !== "last") {
    throw new InputError(
      "--train-part all leaves no tracks to choose the epoch by: give --best-by last",
    );
  }
  checkInputLength(config);
  return config;
}

/** Every block halves the frames; the last must have one left. */
function checkInputLength({ inputLength, frontEnd, architecture }: ConfigWithoutListeners): void {
  const leastFrames = 2 ** architecture.channels.length;
  const least = Math.max((leastFrames - 1) * frontEnd.hop, frontEnd.nFft / 2 + 1);
  if (inputLength >= least) return;
  throw new InputError(
    `--input-length must be at least ${least} for ${architecture.channels.length} blocks, not ${inputLength}`,
  );
}

/** How a run goes, apart from its numbers. */
export interface RunSettings {
  epochs: number;
  patience: number;
  logStep: number;
  workers: number;
  folds: number | null;
  records: {
    tensorboard: boolean;
    observer: string | null;
    experimentName: string;
    database: string;
  };
}

/** @throws InputError that names the first option that is wrong */
export function runSettingsFrom(
  given: TrainGiven,
  environment: Record<string, string | undefined>,
): RunSettings {
  const whole = (key: keyof TrainGiven, min: number, max: number, fallback: number) => {
    const value = given[key] as string | undefined;
    return value === undefined ? fallback : wholeFrom(key, value, min, max);
  };
  const observer = given.observer ?? (environment.LEMONS_OBSERVER || null);
  if (observer !== null && !/^mongodb(\+srv)?:\/\/./.test(observer)) {
    throw new InputError("--observer must be a URL that begins with mongodb:// or mongodb+srv://");
  }
  const database = given["mongodb-db-name"] ?? "LEMONS";
  if (!/^[\w-]{1,63}$/.test(database)) {
    throw new InputError(`--mongodb-db-name "${database}" may have only letters, digits, _ and -`);
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

/** @returns null for all of the catalogue's */
export function listenersFrom(given: TrainGiven): ListenerId[] | null {
  const named = [...(given.listener ?? []), ...(given["user-name"] ? [given["user-name"]] : [])];
  const listeners = named.map((name) => {
    const listener = ListenerId.safeParse(name);
    if (listener.success) return listener.data;
    throw new InputError(`"${name}" cannot be the id of a listener`);
  });
  if (new Set(listeners).size < listeners.length) {
    throw new InputError("--listener names one listener twice");
  }
  if (given["shared-encoder"]) return listeners.length > 0 ? listeners : null;
  if (listeners.length === 1) return listeners;
  throw new InputError(
    listeners.length === 0
      ? "train needs --listener L, or --shared-encoder for all listeners of the catalogue"
      : "a model has one listener: give one --listener, or --shared-encoder for one encoder with all their heads",
  );
}

/** @param listeners the first names the model where no id is given */
export function modelIdFrom(given: TrainGiven, listeners: readonly ListenerId[]): ModelId {
  const id = ModelId.safeParse(
    given.id ?? (given["shared-encoder"] ? "shared" : `fcn-${listeners[0]}`),
  );
  if (id.success) return id.data;
  throw new InputError(
    `--id "${given.id}" cannot be the id of a model: ${id.error.issues[0]!.message}`,
  );
}

export function deviceFrom(given: TrainGiven, fallback: "cpu" | "cuda"): "cpu" | "cuda" {
  // The original's are PyTorch's.
  const device = given.device === "cuda:0" ? "cuda" : given.device;
  return choice("device", ["cpu", "cuda"] as const, device, fallback);
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

function wholeFrom(option: string, text: string, min: number, max: number): number {
  const value = wholeNumber(option, text, max);
  if (value < min) throw new InputError(`--${option} must be at least ${min}, not ${text}`);
  return value;
}

function choice<Choice extends string>(
  option: string,
  choices: readonly Choice[],
  text: string | undefined,
  fallback: Choice,
): Choice {
  if (text === undefined) return fallback;
  const found = choices.find((each) => each === text);
  if (found !== undefined) return found;
  throw new InputError(`--${option} must be one of ${choices.join(", ")}, not "${text}"`);
}
