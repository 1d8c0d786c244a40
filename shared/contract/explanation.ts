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
const componentIndices = z.array(z.int().nonnegative()).describe("component indices, rising");

/** The fewest components that alone keep the relevance at or above the threshold. */
export const SufficientSet = z
  .object({ components: componentIndices, relevance: probability.describe("of them alone") })
  .meta({ id: "SufficientSet" });
export type SufficientSet = z.infer<typeof SufficientSet>;

/** The fewest components without which the relevance drops below the threshold. */
export const NecessarySet = z
  .object({ components: componentIndices, relevance: probability.describe("of all the others") })
  .meta({ id: "NecessarySet" });
export type NecessarySet = z.infer<typeof NecessarySet>;

/** What the sufficient and the necessary set are measured against. */
export const Decision = z
  .union([
    z.object({ threshold: probability, reason: z.null() }),
    z.object({
      threshold: z.null(),
      reason: z
        .enum(["not-above-silence", "threshold-not-between", "sampled"])
        .describe(
          "why there are no sets: the track is no more relevant than silence, the threshold asked for does not lie between the two, or not every mask was counted",
        ),
    }),
  ])
  .meta({ id: "Decision" });
export type Decision = z.infer<typeof Decision>;

const Curve = z.object({
  relevances: z.array(probability).min(2).describe("with 0, 1, ... all components changed"),
  area: probability.describe("mean height of the curve"),
});

/** Relevance as components go or come by falling weight (Petsiuk et al., BMVC 2018). */
export const Curves = z
  .object({
    deletion: Curve.describe("from the whole track to silence; a good ranking falls early"),
    insertion: Curve.describe("from silence to the whole track; a good ranking rises early"),
  })
  .meta({ id: "Curves" });
export type Curves = z.infer<typeof Curves>;

/** How the model's answers were come by, and what they cost. */
export const Engine = z
  .object({
    kind: z
      .enum(["table", "dense"])
      .describe("read from a response table, or one forward pass a distinct mask"),
    reason: z.string().nullable().describe("why there is no table; null where there is one"),
    blocks: z.int().nonnegative().describe("blocks that the model was split into; 0 if dense"),
    columnsEvaluated: z.int().nonnegative().describe("columns of all levels and combinations"),
    forwardEquivalents: z
      .number()
      .nonnegative()
      .describe("multiply-adds done, in those of a forward pass through the whole model"),
    seconds: z.record(z.string(), z.number().nonnegative()).describe("by phase"),
  })
  .meta({ id: "Engine" });
export type Engine = z.infer<typeof Engine>;

export const Probability = z.number().min(0).max(1);

/** One listenable part of a track and how much it speaks for the recommendation. */
export const Component = z
  .object({
    index: z.int().nonnegative().describe("segment x number of sources + source"),
    segment: z.int().nonnegative().nullable().describe("null where the whole snippet is meant"),
    source: SourceName.nullable().describe("null where all sources together are meant"),
    startSeconds: z.number().nonnegative().describe("from the start of the track"),
    endSeconds: z.number().nonnegative(),
    weight: z.number().describe("coefficient of the local linear fit; 0 if not selected"),
    shapley: z
      .number()
      .nullable()
      .describe("its Shapley value for the relevance; null where not every mask was counted"),
  })
  .meta({ id: "Component" });
export type Component = z.infer<typeof Component>;

/** Rendered audio of the most relevant components. */
export const Highlight = z
  .object({
    name: z.enum(["top-1", "top-3"]),
    components: z.array(z.int().nonnegative()).describe("indices, by falling weight"),
    file: z.string().nullable().describe("file name, or null where nothing speaks for the track"),
    audio: z
      .object({
        sampleRate: z.int().positive(),
        channels: z.int().positive(),
        samples: z.int().nonnegative().describe("samples a channel after the encoder's delay"),
        encoderDelaySamples: z.int().nonnegative().describe("samples to trim at the start"),
      })
      .nullable()
      .describe("null where it is rendered when it is first asked for; then nothing is to trim"),
    startSeconds: z.number().nonnegative().describe("where the excerpt starts in the track"),
  })
  .meta({ id: "Highlight" });
export type Highlight = z.infer<typeof Highlight>;

/** The part of the track that the model heard. */
export const Snippet = z
  .object({ startSeconds: z.number().nonnegative(), seconds: z.number().positive() })
  .meta({ id: "Snippet" });
export type Snippet = z.infer<typeof Snippet>;

/** The file that was explained, and the part of it that the model heard. */
export const HeardAudio = z.object({
  sha256: Sha256.describe("of the file, or of the stems' hashes where the stems are the track"),
  sampleRate: z.int().positive(),
  channels: z.int().positive(),
  seconds: z.number().positive(),
  snippet: Snippet,
});
export type HeardAudio = z.infer<typeof HeardAudio>;

/** Which separator made the sources, and what was left over. */
export const Separation = z
  .object({
    separator: z.string(),
    version: z.string(),
    sources: z.array(SourceName).min(1).max(8),
    residual: z
      .number()
      .nonnegative()
      .describe("largest |mix - sum of sources| found; above 1e-4 it was added to `other`"),
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
      distinctMasks: z.int().positive().describe("forward passes made"),
      suppliedMasks: z.boolean().describe("true where the caller named the masks"),
    }),
  ]),
  kernelWidth: z.number().positive(),
  featureSelection: FeatureSelection,
  features: z.int().positive().describe("at most this many components were kept"),
  relevance: Probability,
  logit: z.number(),
  relevanceOfSilence: Probability.nullable().describe("null unless silence was among the masks"),
  intercept: z.number(),
  fidelity: z.number().describe("weighted R squared of the local fit, at most 1"),
  localPrediction: z.number().describe("the fit's value for the whole track"),
  components: z.array(Component).describe("in index order"),
  ranking: z.array(z.int().nonnegative()).describe("component indices by falling weight"),
  complexity: z.number().min(0).max(1).nullable().describe("normalised entropy of |weights|"),
  summary: z.string().describe("one sentence a listener understands"),
  sufficient: SufficientSet.nullable().describe(
    "the fewest components that alone keep the relevance at the threshold",
  ),
  necessary: NecessarySet.nullable().describe(
    "the fewest components without which the relevance drops below the threshold",
  ),
  decision: Decision.describe("the threshold of both sets, or why there are none"),
  curves: Curves.nullable().describe("null where not every mask was counted"),
  engine: Engine,
  highlights: z.array(Highlight),
  timings: z.record(z.string(), z.number().nonnegative()).describe("seconds by phase"),
};

/** An explanation as the gpu-worker and the command line compute it. */
export const Explanation = z
  .object({
    ...explanationFields,
    masks: z.array(z.array(z.union([z.literal(0), z.literal(1)]))).optional(),
    predictions: z.array(Probability).optional().describe("relevance of each mask, same order"),
  })
  .meta({ id: "Explanation" });
export type Explanation = z.infer<typeof Explanation>;

/** An explanation as the edge stores and serves it: for a listener and a track, by its id. */
export const PublishedExplanation = z
  .object({ id: ExplanationId, listener: ListenerId, track: TrackId, ...explanationFields })
  .meta({ id: "PublishedExplanation" });
export type PublishedExplanation = z.infer<typeof PublishedExplanation>;

/**
 * What is known of a response table besides its numbers: all that an explanation needs to say where
 * it comes from. Stored beside `table.bin`.
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
