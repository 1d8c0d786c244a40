import { z } from "zod";
import { ListenerId, TrackId } from "./identifier.ts";

export const MAX_SAMPLES = 8192;

/** The usual neighbourhood of the original, whose expectation the exhaustive one is. */
export const DEFAULT_EFFECTIVE_SAMPLES = 2048;

/**
 * Every mask at its probability instead of a drawn few: the expectation of the sampled fit over
 * all seeds. Where it can be had it needs no more than a response table.
 */
export const ExhaustiveNeighbourhood = z
  .strictObject({
    kind: z.literal("exhaustive"),
    effectiveSamples: z
      .int()
      .min(2)
      .max(MAX_SAMPLES)
      .default(DEFAULT_EFFECTIVE_SAMPLES)
      .describe("masks of the sampled neighbourhood whose expectation this is"),
  })
  .meta({
    id: "ExhaustiveNeighbourhood",
    example: { kind: "exhaustive", effectiveSamples: DEFAULT_EFFECTIVE_SAMPLES },
  });
export type ExhaustiveNeighbourhood = z.infer<typeof ExhaustiveNeighbourhood>;

/** The masks the model is asked about. `seed` reproduces NumPy's MT19937 stream. */
export const SampledNeighbourhood = z
  .strictObject({
    kind: z.literal("sampled"),
    samples: z.int().min(2).max(MAX_SAMPLES),
    seed: z.int().min(0).max(0xffffffff).default(0),
  })
  .meta({ id: "SampledNeighbourhood", example: { kind: "sampled", samples: 256, seed: 0 } });
export type SampledNeighbourhood = z.infer<typeof SampledNeighbourhood>;

/** Exhaustive where the exact engine applies to the model; sampled is the original's way. */
export const Neighbourhood = z
  .discriminatedUnion("kind", [ExhaustiveNeighbourhood, SampledNeighbourhood])
  .meta({ id: "Neighbourhood" });
export type Neighbourhood = z.infer<typeof Neighbourhood>;

export const MAX_WEBHOOK_URL_LENGTH = 2048;

/** What a webhook is told of: that a job is on its way, and that it has ended, well or not. */
export const WebhookEvent = z.enum(["start", "completed"]).meta({ id: "WebhookEvent" });
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/**
 * Who else is told how a request ends: fields beside the question, which they are no part of. Their
 * names are those of Replicate's API.
 */
export const webhookFields = {
  webhook: z
    .string()
    .max(MAX_WEBHOOK_URL_LENGTH)
    .optional()
    .describe("where events are posted, signed per Standard Webhooks: https only; needs a key")
    .meta({ example: "https://hooks.example.com/lemons" }),
  webhook_events_filter: z
    .array(WebhookEvent)
    .min(1)
    .max(WebhookEvent.options.length)
    .optional()
    .describe("all by default"),
};

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

/** The relevance that a sufficient set reaches and a necessary one is missing for. */
export const DecisionThreshold = z
  .number()
  .gt(0)
  .lt(1)
  .describe(
    "by default 0.5 where it lies between silence and the whole track, else their midpoint",
  );

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
