import { z } from "zod";
import { ExplanationType, MAX_SAMPLES } from "./explanation-request.ts";
import { ListenerId, ModelId, Sha256, TrackId } from "./identifier.ts";

const share = z.number().min(0).max(1);

/** The settings of a stability measurement of sampled explanations. */
export const StabilitySettings = z
  .object({
    type: ExplanationType,
    segments: z.int().positive(),
    kernelWidth: z.number().positive(),
    repeats: z.int().min(1).describe("sampled explanations per track and number of samples"),
    top: z.int().min(1).describe("k: number of top components to compare"),
    samples: z.array(z.int().min(2).max(MAX_SAMPLES)).min(1).describe("N_s, ascending"),
    seed: z.int().min(0).max(0xffffffff),
  })
  .meta({ id: "StabilitySettings" });
export type StabilitySettings = z.infer<typeof StabilitySettings>;

/** The differences among sampled explanations of one track with one number of samples. */
export const StabilityPoint = z
  .object({
    samples: z.int().min(2).describe("N_s"),
    unique: z
      .int()
      .min(1)
      .describe("U_n: distinct components among the top k of all repeats; k if all agree"),
    topAgreement: share
      .nullable()
      .describe(
        "share of the exact top k in a sampled top k, mean over repeats; null without an exact answer",
      ),
    weightError: z
      .number()
      .nonnegative()
      .nullable()
      .describe(
        "|w - w*| / |w*| of the weights w against the exact w* of as many effective samples, mean over repeats; null without one",
      ),
  })
  .meta({ id: "StabilityPoint" });
export type StabilityPoint = z.infer<typeof StabilityPoint>;

/** One track and one listener's model. */
export const TrackStability = z
  .object({
    track: TrackId,
    relevance: share,
    points: z.array(StabilityPoint).min(1).describe("in the order of `settings.samples`"),
  })
  .meta({ id: "TrackStability" });
export type TrackStability = z.infer<typeof TrackStability>;

/** A summary over tracks. */
export const StabilitySummary = z
  .object({
    samples: z.int().min(2),
    uniqueMean: z.number(),
    uniqueSd: z
      .number()
      .nonnegative()
      .nullable()
      .describe("sample standard deviation; null below two tracks"),
    stable: share.describe("share of tracks with the same top k in all repeats"),
    topAgreement: share.nullable(),
    weightError: z.number().nonnegative().nullable().describe("median"),
  })
  .meta({ id: "StabilitySummary" });
export type StabilitySummary = z.infer<typeof StabilitySummary>;

/** One listener's model on all tracks. */
export const ListenerStability = z
  .object({
    listener: ListenerId,
    model: z.object({ id: ModelId, version: Sha256 }),
    tracks: z.array(TrackStability).min(1),
    summary: z.array(StabilitySummary).min(1),
  })
  .meta({ id: "ListenerStability" });
export type ListenerStability = z.infer<typeof ListenerStability>;

/** Output of `lemons stability --json`. */
export const Stability = z
  .object({
    schemaVersion: z.literal(1),
    settings: StabilitySettings,
    tracks: z.int().positive(),
    withoutTable: z
      .int()
      .nonnegative()
      .describe(
        "pairs of model and track without a response table and hence without an exact answer",
      ),
    listeners: z.array(ListenerStability).min(1).describe("by id"),
    summary: z.array(StabilitySummary).min(1).describe("over all pairs of listener and track"),
  })
  .meta({ id: "Stability" });
export type Stability = z.infer<typeof Stability>;
