import { z } from "zod";
import { ListenerId, ModelId, Sha256 } from "./identifier.ts";

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const seed = z.int().min(0).max(0xffffffff);

/** The evaluated tracks: a part of the split, or the whole catalogue. */
export const EvaluatedPart = z
  .enum(["test", "validation", "train", "all"])
  .meta({ id: "EvaluatedPart" });
export type EvaluatedPart = z.infer<typeof EvaluatedPart>;

/** The split of the catalogue, and the evaluated part. */
export const EvaluationSplit = z
  .object({
    part: EvaluatedPart,
    seed,
    train: count.describe("number of tracks"),
    validation: count.describe("number of tracks"),
    test: count.describe("number of tracks"),
  })
  .meta({ id: "EvaluationSplit" });
export type EvaluationSplit = z.infer<typeof EvaluationSplit>;

/** The settings of the bootstrap, which resamples positives and negatives separately. */
export const EvaluationBootstrap = z
  .object({
    method: z.literal("stratified-percentile"),
    replicates: z.int().positive(),
    seed,
    level: z.number().gt(0).lt(1),
  })
  .meta({ id: "EvaluationBootstrap" });
export type EvaluationBootstrap = z.infer<typeof EvaluationBootstrap>;

const Interval = z.union([z.object({ low: share, high: share }), z.null()]);
const metric = share
  .nullable()
  .describe("null if the listener has heard none or all of the tracks");

/** Metrics of one listener's model, which should rank tracks that the listener has heard first. */
export const ListenerEvaluation = z
  .object({
    listener: ListenerId,
    model: z.object({ id: ModelId, version: Sha256 }),
    tracks: count,
    positives: count.describe("tracks that the listener has heard"),
    auc: metric,
    aucInterval: Interval.describe("null without AUC or bootstrap"),
    averagePrecision: metric,
    averagePrecisionInterval: Interval.describe("null without AP or bootstrap"),
  })
  .meta({ id: "ListenerEvaluation" });
export type ListenerEvaluation = z.infer<typeof ListenerEvaluation>;

/** A summary over the listeners whose metric is not null. */
const MetricSummary = z.object({
  listeners: count,
  mean: share.nullable().describe("null without such listeners"),
  sd: z
    .number()
    .nonnegative()
    .nullable()
    .describe("sample standard deviation; null below two listeners"),
});

/** Output of `lemons evaluate --json`. */
export const Evaluation = z
  .object({
    schemaVersion: z.literal(1),
    split: EvaluationSplit,
    bootstrap: z.union([EvaluationBootstrap, z.null()]).describe("null if not requested"),
    forwards: count.describe("number of forward passes, which models of one encoder share"),
    listeners: z.array(ListenerEvaluation).min(1).describe("by id"),
    summary: z.object({ auc: MetricSummary, averagePrecision: MetricSummary }),
    notes: z.array(z.string()).describe("limitations of the numbers"),
  })
  .meta({ id: "Evaluation" });
export type Evaluation = z.infer<typeof Evaluation>;
