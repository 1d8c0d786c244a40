import { z } from "zod";
import { FrontEnd } from "./front-end.ts";
import { ListenerId, TrackId } from "./identifier.ts";
import { Architecture } from "./model.ts";

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const seed = z.int().min(0).max(0xffffffff);

/** The augmentation of crops; 0 disables each, as in the original. */
export const Augmentation = z.strictObject({
  gainDb: z
    .number()
    .min(0)
    .max(40)
    .describe("gain change of up to this many dB, louder or quieter"),
  speedPercent: z
    .int()
    .min(0)
    .max(20)
    .describe("speed change of up to this percentage; faster is also higher"),
  noiseDb: z
    .number()
    .min(0)
    .max(80)
    .describe("white noise, from this many dB below full scale down to 80; 0 for none"),
  mixup: z
    .number()
    .min(0)
    .max(0.5)
    .describe("largest share of a second crop in sound and labels (Zhang et al. 2018)"),
});
export type Augmentation = z.infer<typeof Augmentation>;

/** The metric that chooses the kept epoch. */
export const BestBy = z.enum(["auc", "ap", "loss", "last"]).meta({ id: "BestBy" });
export type BestBy = z.infer<typeof BestBy>;

/** The calibration at the end: `biases` moves each head's bias to put 0.5 between heard and unheard. */
export const Calibration = z.enum(["none", "biases"]).meta({ id: "Calibration" });
export type Calibration = z.infer<typeof Calibration>;

/** The training tracks: the train part of the 80/10/10 split, or the whole catalogue. */
export const TrainedPart = z.enum(["train", "all"]).meta({ id: "TrainedPart" });
export type TrainedPart = z.infer<typeof TrainedPart>;

/** The settings that determine a training run: repeating it on the same machine gives the same numbers. */
export const TrainingConfig = z
  .strictObject({
    listeners: z.array(ListenerId).min(1).describe("one head each, in this order"),
    architecture: Architecture,
    frontEnd: FrontEnd,
    trainedPart: TrainedPart,
    splitSeed: seed,
    seed: seed.describe("seed of weights, crops, augmentation and dropout"),
    inputLength: z.int().positive().describe("samples per crop"),
    batchSize: z.int().min(1).max(4096),
    cropsPerTrack: z.int().min(1).max(1000).describe("crops per track and epoch"),
    lr: z.number().positive().max(10).describe("Adam's learning rate"),
    wd: z.number().min(0).max(10).describe("L2, added to the gradient"),
    silence: z.number().min(0).max(0.5).describe("share of silence in a batch, as a negative"),
    positiveWeight: z
      .union([z.literal("balanced"), z.number().positive().max(1000)])
      .describe("weight of positive labels in the loss; balanced: negatives / positives"),
    labelSmoothing: z.number().min(0).max(0.5),
    augmentation: Augmentation,
    bestBy: BestBy,
    calibration: Calibration,
  })
  .meta({ id: "TrainingConfig" });
export type TrainingConfig = z.infer<typeof TrainingConfig>;

/** Metrics of one head on a part of the tracks. */
export const HeadMetrics = z.object({
  listener: ListenerId,
  tracks: count,
  positives: count,
  auc: share.nullable().describe("null if the listener has heard none or all of the tracks"),
  ap: share.nullable(),
});
export type HeadMetrics = z.infer<typeof HeadMetrics>;

/** Metrics of a model on a part; means are over the listeners whose metric is not null. */
export const PartMetrics = z
  .object({
    loss: z.number().nonnegative().describe("mean sigmoid cross-entropy over tracks and heads"),
    auc: share.nullable(),
    ap: share.nullable(),
    listeners: z.array(HeadMetrics).min(1),
  })
  .meta({ id: "PartMetrics" });
export type PartMetrics = z.infer<typeof PartMetrics>;

/** `progress.json`, next to `state.safetensors`: the position of a checkpoint. */
export const TrainingProgress = z
  .strictObject({
    epoch: count.describe("completed epochs"),
    step: count.describe("completed steps of the next epoch"),
    epochLoss: z.number().nonnegative().describe("sum of the losses of these steps"),
    best: z.union([
      z.strictObject({
        epoch: count,
        value: z.number().nullable(),
        validation: z.union([PartMetrics, z.null()]),
      }),
      z.null(),
    ]),
  })
  .meta({ id: "TrainingProgress" });
export type TrainingProgress = z.infer<typeof TrainingProgress>;

/** One line of `metrics.jsonl`. */
export const MetricLine = z
  .strictObject({
    name: z
      .string()
      .describe("train.loss, train.avg_loss, val.avg_loss, val.roc_auc, val.avg_prec"),
    value: z.number(),
    step: count.describe("a step from 1 on for train.loss, else an epoch; 0 is the baseline"),
    time: z.iso.datetime(),
  })
  .meta({ id: "MetricLine" });
export type MetricLine = z.infer<typeof MetricLine>;

/** `environment.json` of a run. */
export const RunEnvironment = z
  .strictObject({
    lemons: z.string(),
    node: z.string(),
    onnxruntime: z.string(),
    os: z.string(),
    hostname: z.string(),
    cpu: z.string(),
    cores: z.int().positive(),
    memoryBytes: z.int().positive(),
    device: z.enum(["cpu", "cuda"]),
    threads: z.int().positive().describe("threads within one operator"),
    commit: z.string().nullable().describe("commit of the sources, with + if they were modified"),
    command: z.array(z.string()).describe("as given, without passwords"),
  })
  .meta({ id: "RunEnvironment" });
export type RunEnvironment = z.infer<typeof RunEnvironment>;

/** Output of `lemons train --json`. */
export const TrainingResult = z
  .object({
    schemaVersion: z.literal(1),
    run: z.string().describe("folder of the run's record"),
    out: z.string().describe("folder of the model package or packages"),
    config: TrainingConfig,
    epochs: count.describe("completed epochs"),
    bestEpoch: count,
    validation: z.union([PartMetrics, z.null()]),
    test: z.union([PartMetrics, z.null()]),
    tracks: z.object({ train: count, validation: count, test: count }),
  })
  .meta({ id: "TrainingResult" });
export type TrainingResult = z.infer<typeof TrainingResult>;

/** Output of `lemons train --head-only --json`. */
export const HeadTrainingResult = z
  .object({
    schemaVersion: z.literal(1),
    out: z.string(),
    listener: ListenerId,
    l2: z.number().positive(),
    tracks: count.describe("tracks in the fit"),
    validation: z.union([PartMetrics, z.null()]),
    test: z.union([PartMetrics, z.null()]),
  })
  .meta({ id: "HeadTrainingResult" });
export type HeadTrainingResult = z.infer<typeof HeadTrainingResult>;

const Summary = z.object({
  folds: count.describe("folds with a defined metric"),
  mean: share.nullable(),
  sd: z
    .number()
    .nonnegative()
    .nullable()
    .describe("sample standard deviation; null below two folds"),
});

/** Output of `lemons train --cross-validation K --json`. */
export const CrossValidation = z
  .object({
    schemaVersion: z.literal(1),
    run: z.string(),
    folds: z.int().min(2),
    config: TrainingConfig,
    listeners: z.array(
      z.object({
        listener: ListenerId,
        positives: count,
        auc: Summary.describe("over folds"),
        ap: Summary.describe("over folds"),
        pooledAuc: share.nullable().describe("over all out-of-fold logits"),
        pooledAp: share.nullable(),
      }),
    ),
    mean: z
      .object({ auc: share.nullable(), ap: share.nullable() })
      .describe("means of the pooled metrics over listeners"),
    sd: z.object({ auc: z.number().nullable(), ap: z.number().nullable() }),
    logits: z
      .array(z.object({ track: TrackId, fold: count, logits: z.array(z.number()) }))
      .describe(
        "logits of each track by the model that was not trained on it, in the order of listeners",
      ),
  })
  .meta({ id: "CrossValidation" });
export type CrossValidation = z.infer<typeof CrossValidation>;
