import { z } from "zod";
import { ExplanationType, SourceName } from "./explanation-request.ts";
import { TrackId } from "./identifier.ts";
import { SeparatorName } from "./separator.ts";

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const correlation = z.number().min(-1).max(1);

/** How listeners of known taste are planted and explained. */
export const FaithfulnessSettings = z
  .object({
    folds: z.int().min(2).describe("each track is explained by a network that never heard it"),
    steps: z.int().positive().describe("training steps of a network"),
    batchSize: z.int().positive().describe("mixtures of one second a step"),
    learningRate: z.number().positive(),
    channels: z.array(z.int().positive()).min(1).describe("of the network's blocks"),
    segments: z.int().positive(),
    kernelWidth: z.number().positive(),
    effectiveSamples: z.int().min(2),
    separators: z.array(SeparatorName).min(1),
    seed: z.int().min(0).max(0xffffffff),
  })
  .meta({ id: "FaithfulnessSettings" });
export type FaithfulnessSettings = z.infer<typeof FaithfulnessSettings>;

/** How well planted listeners tell a source on tracks that they never heard. */
export const PlantDetection = z
  .object({
    source: SourceName,
    mixtures: count.describe(
      "of held-out tracks: each stem kept or not, half of those kept in one segment only",
    ),
    positives: count.describe("in which the source sounds"),
    auc: share.nullable(),
    accuracy: share.describe("share of right answers at relevance 0.5"),
    tracks: count.describe("held-out tracks in which the source sounds"),
    verified: count.describe(
      "of them, those where intervention confirms the plant: recommended as a whole and by the source alone, not without it",
    ),
  })
  .meta({ id: "PlantDetection" });
export type PlantDetection = z.infer<typeof PlantDetection>;

/** The planted listener, or what is left of it with weights drawn anew (Adebayo et al. 2018). */
export const PlantModel = z
  .enum(["planted", "random-head", "random-network"])
  .meta({ id: "PlantModel" });
export type PlantModel = z.infer<typeof PlantModel>;

/** By what components are ranked. */
export const RankingMethod = z.enum(["lime", "shapley"]).meta({ id: "RankingMethod" });
export type RankingMethod = z.infer<typeof RankingMethod>;

/** One ranking of the components of one explanation. */
export const RankedAnswer = z.object({
  top: count.describe("index of the first component"),
  hit: z.boolean().describe("whether that is a true one"),
  deletion: share.describe("area under the deletion curve; small where the ranking is right"),
  insertion: share.describe("area under the insertion curve; large where the ranking is right"),
  correlation: correlation
    .nullable()
    .describe(
      "Spearman's, with the planted listener's values over the audible components; null for itself, or where one of them is constant",
    ),
});
export type RankedAnswer = z.infer<typeof RankedAnswer>;

/** One explanation of which the true answer is known. */
export const FaithfulnessCase = z
  .object({
    model: PlantModel,
    type: ExplanationType,
    separator: SeparatorName.nullable().describe("null where only time is cut"),
    track: TrackId,
    source: SourceName.describe("what the planted listener answers to"),
    segment: count
      .nullable()
      .describe("the only one in which the source was left to sound; null where it is untouched"),
    verified: z.boolean().describe("of the planted listener: see PlantDetection"),
    relevance: share,
    fidelity: z.number(),
    components: z.int().positive(),
    truth: z.array(count).min(1).describe("indices of the true components"),
    lime: RankedAnswer,
    shapley: RankedAnswer,
    random: z
      .object({ deletion: share, insertion: share })
      .describe("mean areas of random rankings"),
  })
  .meta({ id: "FaithfulnessCase" });
export type FaithfulnessCase = z.infer<typeof FaithfulnessCase>;

/** Cases of one kind: those that intervention confirms, but for the last two numbers. */
export const FaithfulnessSummary = z
  .object({
    model: PlantModel,
    type: ExplanationType,
    separator: SeparatorName.nullable(),
    method: RankingMethod,
    cases: count,
    hits: count,
    accuracy: share.nullable().describe("pointing game; null where there is no case"),
    interval: z
      .object({ low: share, high: share })
      .nullable()
      .describe("of the accuracy: 95 %, tracks resampled"),
    chance: share.nullable().describe("accuracy of pointing at random"),
    deletion: share.nullable(),
    insertion: share.nullable(),
    randomDeletion: share.nullable(),
    randomInsertion: share.nullable(),
    correlation: correlation.nullable().describe("mean over the cases that have one"),
    allCases: count.describe("verified or not"),
    allAccuracy: share.nullable().describe("pointing game over all of them"),
  })
  .meta({ id: "FaithfulnessSummary" });
export type FaithfulnessSummary = z.infer<typeof FaithfulnessSummary>;

/** What `lemons faithfulness --json` prints. */
export const Faithfulness = z
  .object({
    schemaVersion: z.literal(1),
    settings: FaithfulnessSettings,
    tracks: z.array(TrackId).min(2),
    detection: z.array(PlantDetection).min(1),
    summary: z.array(FaithfulnessSummary).min(1).describe("of verified cases"),
    cases: z.array(FaithfulnessCase).min(1).describe("all, verified or not"),
  })
  .meta({ id: "Faithfulness" });
export type Faithfulness = z.infer<typeof Faithfulness>;
