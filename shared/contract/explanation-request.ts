import { z } from "zod";
import { ListenerId, TrackId } from "./identifier.ts";
import { MixSeparatorName } from "./separator.ts";

export const MAX_SAMPLES = 8192;

/** The original's number of masks; the exhaustive neighbourhood is its expectation. */
export const DEFAULT_EFFECTIVE_SAMPLES = 2048;

/**
 * Every mask at its probability, instead of a sample: the expectation of the sampled fit over all
 * seeds. It needs a response table, or few enough masks.
 */
export const ExhaustiveNeighbourhood = z
  .strictObject({
    kind: z.literal("exhaustive"),
    effectiveSamples: z
      .int()
      .min(2)
      .max(MAX_SAMPLES)
      .default(DEFAULT_EFFECTIVE_SAMPLES)
      .describe("number of masks of the sampled neighbourhood whose expectation is computed"),
  })
  .meta({
    id: "ExhaustiveNeighbourhood",
    example: { kind: "exhaustive", effectiveSamples: DEFAULT_EFFECTIVE_SAMPLES },
  });
export type ExhaustiveNeighbourhood = z.infer<typeof ExhaustiveNeighbourhood>;

/** Randomly drawn masks. `seed` reproduces NumPy's MT19937 stream. */
export const SampledNeighbourhood = z
  .strictObject({
    kind: z.literal("sampled"),
    samples: z.int().min(2).max(MAX_SAMPLES),
    seed: z.int().min(0).max(0xffffffff).default(0),
  })
  .meta({ id: "SampledNeighbourhood", example: { kind: "sampled", samples: 256, seed: 0 } });
export type SampledNeighbourhood = z.infer<typeof SampledNeighbourhood>;

/** The masks behind a fit: all of them, or a sample as in the original. */
export const Neighbourhood = z
  .discriminatedUnion("kind", [ExhaustiveNeighbourhood, SampledNeighbourhood])
  .meta({ id: "Neighbourhood" });
export type Neighbourhood = z.infer<typeof Neighbourhood>;

export const MAX_WEBHOOK_URL_LENGTH = 2048;

/** An event of a job: it has started, or has ended in success or failure. */
export const WebhookEvent = z.enum(["start", "completed"]).meta({ id: "WebhookEvent" });
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/**
 * The webhook fields of a request. They are not part of the question. Their names are those of
 * Replicate's API.
 */
export const webhookFields = {
  webhook: z
    .string()
    .max(MAX_WEBHOOK_URL_LENGTH)
    .optional()
    .describe(
      "URL that receives events, signed per Standard Webhooks; https only; needs an API key",
    )
    .meta({ example: "https://hooks.example.com/lemons" }),
  webhook_events_filter: z
    .array(WebhookEvent)
    .min(1)
    .max(WebhookEvent.options.length)
    .optional()
    .describe("events to send; all by default"),
};

/** The usual sources of a separator, in the order of component indices (Spleeter's five). */
export const SOURCES = ["vocals", "piano", "drums", "bass", "other"] as const;

/** Name of a source. Stems that an owner supplies may have other names than {@link SOURCES}. */
export const SourceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "must be 1 to 32 lower-case letters, digits, _ or -")
  .meta({ id: "SourceName", example: "drums" });
export type SourceName = z.infer<typeof SourceName>;

/** The parts of a track: time segments, sources, or every source in every segment. */
export const ExplanationType = z
  .enum(["time", "source", "time+source"])
  .meta({ id: "ExplanationType" });
export type ExplanationType = z.infer<typeof ExplanationType>;

/** LIME's selection of the components of the local fit. */
export const FeatureSelection = z
  .enum(["none", "auto", "highest_weights", "forward_selection", "lasso_path"])
  .meta({ id: "FeatureSelection" });
export type FeatureSelection = z.infer<typeof FeatureSelection>;

/** The explained value: the relevance, or as in the original the probability of the predicted class. */
export const ExplanationTarget = z
  .enum(["relevance", "predicted-class"])
  .meta({ id: "ExplanationTarget" });
export type ExplanationTarget = z.infer<typeof ExplanationTarget>;

export const DEFAULT_KERNEL_WIDTH = 0.25;
export const DEFAULT_SEGMENTS = 5;

/**
 * Default number of drawn masks if no response table can be built. The original's 2,048 are only 32
 * distinct ones for five segments or sources. For time x source, almost every mask costs a forward
 * pass, hence fewer.
 */
export const DEFAULT_SAMPLES: Record<ExplanationType, number> = {
  time: 2048,
  source: 2048,
  "time+source": 256,
};

/** The relevance that a sufficient set reaches, and that is lost without a necessary set. */
export const DecisionThreshold = z
  .number()
  .gt(0)
  .lt(1)
  .describe("by default 0.5 if it lies between silence and the whole track, else their midpoint");

/** The settings of an explanation, independent of listener, track and model. */
export const ExplanationQuestion = z
  .strictObject({
    type: ExplanationType,
    neighbourhood: Neighbourhood.optional().describe(
      "exhaustive by default; sampled if no response table can be built for the model",
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
    separator: MixSeparatorName.optional().describe(
      "takes the track apart; by default the owner's stems if the track has any, else the deployment's separator",
    ),
    ...webhookFields,
  })
  .refine(({ webhook, webhook_events_filter: filter }) => webhook !== undefined || !filter, {
    path: ["webhook_events_filter"],
    message: "needs `webhook` too",
  })
  .meta({
    id: "ExplanationRequest",
    example: { listener: "ilse", track: "wesnoth-battle-epic", type: "time+source" },
  });
export type ExplanationRequest = z.infer<typeof ExplanationRequest>;
