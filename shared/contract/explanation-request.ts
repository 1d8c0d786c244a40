import { z } from "zod";
import { DecisionThreshold } from "./exact-explanation.ts";
import { ListenerId, TrackId } from "./identifier.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { webhookFields } from "./webhook-request.ts";

/** The sources a separator yields, in the order of component indices (Spleeter's five). */
export const SOURCES = ["vocals", "piano", "drums", "bass", "other"] as const;

/** Name of a separated source (stem). Own stem folders may use other names. */
export const SourceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "must be 1 to 32 lower-case letters, digits, _ and -")
  .meta({ id: "SourceName", example: "drums" });
export type SourceName = z.infer<typeof SourceName>;

/** What a track is cut into: time segments, sources, or every source in every segment. */
export const ExplanationType = z
  .enum(["time", "source", "time+source"])
  .meta({ id: "ExplanationType" });
export type ExplanationType = z.infer<typeof ExplanationType>;

/** How the bits of the local fit are chosen (LIME's feature selection). */
export const FeatureSelection = z
  .enum(["none", "auto", "highest_weights", "forward_selection", "lasso_path"])
  .meta({ id: "FeatureSelection" });
export type FeatureSelection = z.infer<typeof FeatureSelection>;

/** What is explained: the relevance, or (the original's quirk) the class the model predicts. */
export const ExplanationTarget = z
  .enum(["relevance", "predicted-class"])
  .meta({ id: "ExplanationTarget" });
export type ExplanationTarget = z.infer<typeof ExplanationTarget>;

export const DEFAULT_KERNEL_WIDTH = 0.25;
export const DEFAULT_SEGMENTS = 5;

/**
 * Masks drawn where nobody says how many and no response table can be built: the original's 2,048, which for one bit a segment or
 * source are only 32 distinct ones; fewer for time x source, where almost every mask is a forward.
 */
export const DEFAULT_SAMPLES: Record<ExplanationType, number> = {
  time: 2048,
  source: 2048,
  "time+source": 256,
};

/** Everything about an explanation that does not depend on listener, track or model. */
export const ExplanationQuestion = z
  .strictObject({
    type: ExplanationType,
    neighbourhood: Neighbourhood.optional().describe(
      "exhaustive by default; a model that no response table can be built for is sampled instead",
    ),
    segments: z.int().min(1).max(8).default(DEFAULT_SEGMENTS),
    kernelWidth: z.number().min(0.01).max(10).default(DEFAULT_KERNEL_WIDTH),
    featureSelection: FeatureSelection.default("none"),
    features: z.int().min(1).max(64).optional(),
    target: ExplanationTarget.default("relevance"),
    threshold: DecisionThreshold.optional(),
  })
  .meta({ id: "ExplanationQuestion" });
export type ExplanationQuestion = z.infer<typeof ExplanationQuestion>;

/** Body of `POST /v1/explanations`. */
export const ExplanationRequest = z
  .strictObject({
    listener: ListenerId,
    track: TrackId,
    ...ExplanationQuestion.shape,
    ...webhookFields,
  })
  .refine(({ webhook, webhook_events_filter: filter }) => webhook !== undefined || !filter, {
    path: ["webhook_events_filter"],
    message: "needs a webhook",
  })
  .meta({
    id: "ExplanationRequest",
    example: { listener: "ilse", track: "wesnoth-battle-epic", type: "time+source" },
  });
export type ExplanationRequest = z.infer<typeof ExplanationRequest>;
