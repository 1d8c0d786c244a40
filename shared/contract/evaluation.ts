import { z } from "zod";
import { ListenerId, ModelId, Sha256 } from "./identifier.ts";

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const seed = z.int().min(0).max(0xffffffff);

/** Which tracks are evaluated: a part of the split, or the whole catalogue. */
export const EvaluatedPart = z
  .enum(["test", "validation", "train", "all"])
  .meta({ id: "EvaluatedPart" });
export type EvaluatedPart = z.infer<typeof EvaluatedPart>;

/** How the catalogue was split, and which part of it counts. */
export const EvaluationSplit = z
  .object({
    part: EvaluatedPart,
    seed,
    train: count.describe("tracks"),
    validation: count.describe("tracks"),
    test: count.describe("tracks"),
  })
  .meta({ id: "EvaluationSplit" });
export type EvaluationSplit = z.infer<typeof EvaluationSplit>;

/** How intervals were drawn: positives and negatives are resampled apart. */
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
  .describe("null where the listener heard none of the tracks, or all");

/** How well one listener's model ranks tracks by whether the listener has listened to them. */
export const ListenerEvaluation = z
  .object({
    listener: ListenerId,
    model: z.object({ id: ModelId, version: Sha256 }),
    tracks: count,
    positives: count.describe("tracks that the listener has listened to"),
    auc: metric,
    aucInterval: Interval.describe("null where there is no AUC or no bootstrap"),
    averagePrecision: metric,
    averagePrecisionInterval: Interval.describe("null where there is no AP or no bootstrap"),
  })
  .meta({ id: "ListenerEvaluation" });
export type ListenerEvaluation = z.infer<typeof ListenerEvaluation>;

/** Over the listeners whose metric is not null. */
const MetricSummary = z.object({
  listeners: count,
  mean: share.nullable().describe("null where there is no such listener"),
  sd: z.number().nonnegative().nullable().describe("of a sample; null below two listeners"),
});

/** What `lemons evaluate --json` prints. */
export const Evaluation = z
  .object({
    schemaVersion: z.literal(1),
    split: EvaluationSplit,
    bootstrap: z.union([EvaluationBootstrap, z.null()]).describe("null where none was asked for"),
    forwards: count.describe("forward passes: models of one encoder share theirs"),
    listeners: z.array(ListenerEvaluation).min(1).describe("by id"),
    summary: z.object({ auc: MetricSummary, averagePrecision: MetricSummary }),
    notes: z.array(z.string()).describe("what the numbers do not tell, in words"),
  })
  .meta({ id: "Evaluation" });
export type Evaluation = z.infer<typeof Evaluation>;
