import { z } from "zod";
import {
  ExhaustiveNeighbourhood,
  ExplanationTarget,
  ExplanationType,
  FeatureSelection,
  SampledNeighbourhood,
  SourceName,
} from "./explanation-request.ts";
import { ExplanationId, ListenerId, ModelId, Sha256, TableId, TrackId } from "./identifier.ts";

const probability = z.number().min(0).max(1);
const componentIndices = z.array(z.int().nonnegative()).describe("component indices, ascending");

/** The fewest components that alone keep the relevance at or above the threshold. */
export const SufficientSet = z
  .object({
    components: componentIndices,
    relevance: probability.describe("of these components alone"),
  })
  .meta({ id: "SufficientSet" });
export type SufficientSet = z.infer<typeof SufficientSet>;

/** The fewest components without which the relevance drops below the threshold. */
export const NecessarySet = z
  .object({
    components: componentIndices,
    relevance: probability.describe("of all other components"),
  })
  .meta({ id: "NecessarySet" });
export type NecessarySet = z.infer<typeof NecessarySet>;

/** The threshold of the sufficient and the necessary set. */
export const Decision = z
  .union([
    z.object({ threshold: probability, reason: z.null() }),
    z.object({
      threshold: z.null(),
      reason: z
        .enum(["not-above-silence", "threshold-not-between", "sampled"])
        .describe(
          "why there are no sets: the track is no more relevant than silence, the requested threshold does not lie between the two, or masks were sampled",
        ),
    }),
  ])
  .meta({ id: "Decision" });
export type Decision = z.infer<typeof Decision>;

const Curve = z.object({
  relevances: z
    .array(probability)
    .min(2)
    .describe("relevance with 0, 1, ... all components changed"),
  area: probability.describe("mean of the curve"),
});

/** Relevance as components are removed or added by falling weight (Petsiuk et al., BMVC 2018). */
export const Curves = z
  .object({
    deletion: Curve.describe("from the whole track to silence; a good ranking falls early"),
    insertion: Curve.describe("from silence to the whole track; a good ranking rises early"),
  })
  .meta({ id: "Curves" });
export type Curves = z.infer<typeof Curves>;

/** The way the model's answers were computed, and their cost. */
export const Engine = z
  .object({
    kind: z
      .enum(["table", "dense"])
      .describe("table: read from a response table; dense: one forward pass per distinct mask"),
    reason: z.string().nullable().describe("why there is no table; null if there is one"),
    blocks: z
      .int()
      .nonnegative()
      .describe("number of blocks that the model was split into; 0 if dense"),
    columnsEvaluated: z
      .int()
      .nonnegative()
      .describe("evaluated columns of all levels and combinations"),
    forwardEquivalents: z
      .number()
      .nonnegative()
      .describe("multiply-adds, in units of one forward pass through the whole model"),
    seconds: z.record(z.string(), z.number().nonnegative()).describe("by phase"),
  })
  .meta({ id: "Engine" });
export type Engine = z.infer<typeof Engine>;

export const Probability = z.number().min(0).max(1);

/** One listenable part of a track, and how much it helps the recommendation. */
export const Component = z
  .object({
    index: z.int().nonnegative().describe("segment x number of sources + source"),
    segment: z.int().nonnegative().nullable().describe("null for the whole snippet"),
    source: SourceName.nullable().describe("null for all sources together"),
    startSeconds: z.number().nonnegative().describe("from the start of the track"),
    endSeconds: z.number().nonnegative(),
    weight: z.number().describe("coefficient of the local linear fit; 0 if not selected"),
    shapley: z
      .number()
      .nullable()
      .describe("Shapley value for the relevance; null if masks were sampled"),
  })
  .meta({ id: "Component" });
export type Component = z.infer<typeof Component>;

/** Rendered audio of the most relevant components. */
export const Highlight = z
  .object({
    name: z.enum(["top-1", "top-3"]),
    components: z.array(z.int().nonnegative()).describe("indices, by falling weight"),
    file: z.string().nullable().describe("file name; null if no component has a positive weight"),
    audio: z
      .object({
        sampleRate: z.int().positive(),
        channels: z.int().positive(),
        samples: z.int().nonnegative().describe("samples per channel, after the encoder's delay"),
        encoderDelaySamples: z.int().nonnegative().describe("samples to trim at the start"),
      })
      .nullable()
      .describe(
        "null if the audio is rendered on first request; then there are no samples to trim",
      ),
    startSeconds: z.number().nonnegative().describe("start of the excerpt in the track"),
  })
  .meta({ id: "Highlight" });
export type Highlight = z.infer<typeof Highlight>;

/** The part of the track that the model heard. */
export const Snippet = z
  .object({ startSeconds: z.number().nonnegative(), seconds: z.number().positive() })
  .meta({ id: "Snippet" });
export type Snippet = z.infer<typeof Snippet>;

/** The explained file, and the part of it that the model heard. */
export const HeardAudio = z.object({
  sha256: Sha256.describe(
    "of the file, or of the stems' hashes if the track is the sum of its stems",
  ),
  sampleRate: z.int().positive(),
  channels: z.int().positive(),
  seconds: z.number().positive(),
  snippet: Snippet,
});
export type HeardAudio = z.infer<typeof HeardAudio>;

/** The separator, its sources, and their difference to the mix. */
export const Separation = z
  .object({
    separator: z.string(),
    version: z.string(),
    sources: z.array(SourceName).min(1).max(8),
    residual: z
      .number()
      .nonnegative()
      .describe("largest |mix - sum of sources|; above 1e-4 the difference was added to `other`"),
  })
  .meta({ id: "Separation" });
export type Separation = z.infer<typeof Separation>;

const explanationFields = {
  schemaVersion: z.literal(1),
  type: ExplanationType,
  target: ExplanationTarget,
  model: z.object({ id: ModelId, version: z.string() }),
  audio: HeardAudio,
  separation: Separation,
  segments: z.array(z.object({ startSeconds: z.number(), endSeconds: z.number() })),
  neighbourhood: z.discriminatedUnion("kind", [
    ExhaustiveNeighbourhood,
    SampledNeighbourhood.extend({
      distinctMasks: z.int().positive().describe("number of forward passes"),
      suppliedMasks: z.boolean().describe("true if the caller supplied the masks"),
    }),
  ]),
  kernelWidth: z.number().positive(),
  featureSelection: FeatureSelection,
  features: z.int().positive().describe("most components that the fit could keep"),
  relevance: Probability,
  logit: z.number(),
  relevanceOfSilence: Probability.nullable().describe("null if silence was not among the masks"),
  intercept: z.number(),
  fidelity: z.number().describe("weighted R squared of the local fit, at most 1"),
  localPrediction: z.number().describe("value of the fit for the whole track"),
  components: z.array(Component).describe("in index order"),
  ranking: z.array(z.int().nonnegative()).describe("component indices by falling weight"),
  complexity: z.number().min(0).max(1).nullable().describe("normalised entropy of |weights|"),
  summary: z.string().describe("a few short sentences for listeners"),
  sufficient: SufficientSet.nullable().describe(
    "the fewest components that alone keep the relevance at or above the threshold",
  ),
  necessary: NecessarySet.nullable().describe(
    "the fewest components without which the relevance drops below the threshold",
  ),
  decision: Decision.describe("threshold of both sets, or why there are none"),
  curves: Curves.nullable().describe("null if masks were sampled"),
  engine: Engine,
  highlights: z.array(Highlight),
  timings: z.record(z.string(), z.number().nonnegative()).describe("seconds by phase"),
};

/** An explanation as the gpu-worker and the command line compute it. */
export const Explanation = z
  .object({
    ...explanationFields,
    masks: z.array(z.array(z.union([z.literal(0), z.literal(1)]))).optional(),
    predictions: z
      .array(Probability)
      .optional()
      .describe("relevance of each mask, in the order of `masks`"),
  })
  .meta({ id: "Explanation" });
export type Explanation = z.infer<typeof Explanation>;

/** An explanation as the edge stores and serves it, with its id, listener and track. */
export const PublishedExplanation = z
  .object({ id: ExplanationId, listener: ListenerId, track: TrackId, ...explanationFields })
  .meta({ id: "PublishedExplanation" });
export type PublishedExplanation = z.infer<typeof PublishedExplanation>;

/**
 * The metadata of a response table, stored next to `table.bin`. An explanation takes its fields about
 * audio, sources and engine from it.
 */
export const TableRecord = z
  .object({
    id: TableId,
    encoderVersion: Sha256,
    audio: HeardAudio,
    separation: Separation,
    segments: z
      .array(z.object({ startSeconds: z.number(), endSeconds: z.number() }))
      .min(1)
      .max(8),
    engine: Engine,
    bytes: z.int().positive().describe("of table.bin"),
  })
  .meta({ id: "TableRecord" });
export type TableRecord = z.infer<typeof TableRecord>;
