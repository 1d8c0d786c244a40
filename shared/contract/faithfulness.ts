import { z } from "zod";
import { ExplanationType, SourceName } from "./explanation-request.ts";
import { TrackId } from "./identifier.ts";
import { SeparatorName } from "./separator.ts";

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const correlation = z.number().min(-1).max(1);

/** The settings of an experiment with planted listeners of known taste. */
export const FaithfulnessSettings = z
  .object({
    folds: z
      .int()
      .min(2)
      .describe("number of folds; each track is explained by a network that was not trained on it"),
    steps: z.int().positive().describe("training steps per network"),
    batchSize: z.int().positive().describe("one-second mixtures per step"),
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

/** The accuracy of planted listeners in detecting a source on held-out tracks. */
export const PlantDetection = z
  .object({
    source: SourceName,
    mixtures: count.describe(
      "mixtures of held-out tracks; each stem is kept or not, half of the kept ones in one segment only",
    ),
    positives: count.describe("mixtures in which the source sounds"),
    auc: share.nullable(),
    accuracy: share.describe("share of correct answers at relevance 0.5"),
    tracks: count.describe("held-out tracks in which the source sounds"),
    verified: count.describe(
      "tracks on which intervention confirms the plant: recommended as a whole and by the source alone, but not without it",
    ),
  })
  .meta({ id: "PlantDetection" });
export type PlantDetection = z.infer<typeof PlantDetection>;

/** The planted listener, or the same network with re-randomised weights (Adebayo et al. 2018). */
export const PlantModel = z
  .enum(["planted", "random-head", "random-network"])
  .meta({ id: "PlantModel" });
export type PlantModel = z.infer<typeof PlantModel>;

/** The values that rank components. */
export const RankingMethod = z.enum(["lime", "shapley"]).meta({ id: "RankingMethod" });
export type RankingMethod = z.infer<typeof RankingMethod>;

/** One ranking of the components of one explanation. */
export const RankedAnswer = z.object({
  top: count.describe("index of the first component"),
  hit: z.boolean().describe("true if it is a true component"),
  deletion: share.describe("area under the deletion curve; small for a good ranking"),
  insertion: share.describe("area under the insertion curve; large for a good ranking"),
  correlation: correlation
    .nullable()
    .describe(
      "Spearman's correlation with the planted listener's values over the audible components; null for the planted listener, or if either is constant",
    ),
});
export type RankedAnswer = z.infer<typeof RankedAnswer>;

/** One explanation with a known true answer. */
export const FaithfulnessCase = z
  .object({
    model: PlantModel,
    type: ExplanationType,
    separator: SeparatorName.nullable().describe("null for explanations by time"),
    track: TrackId,
    source: SourceName.describe("source that the planted listener responds to"),
    segment: count
      .nullable()
      .describe("the only segment in which the source was kept; null if the track is unchanged"),
    verified: z.boolean().describe("true if intervention confirms the plant; see PlantDetection"),
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

/** The verified cases of one kind. Only the last two numbers include the others. */
export const FaithfulnessSummary = z
  .object({
    model: PlantModel,
    type: ExplanationType,
    separator: SeparatorName.nullable(),
    method: RankingMethod,
    cases: count,
    hits: count,
    accuracy: share.nullable().describe("pointing game; null without cases"),
    interval: z
      .object({ low: share, high: share })
      .nullable()
      .describe("95 % interval of the accuracy, with tracks resampled"),
    chance: share.nullable().describe("accuracy of pointing at random"),
    deletion: share.nullable(),
    insertion: share.nullable(),
    randomDeletion: share.nullable(),
    randomInsertion: share.nullable(),
    correlation: correlation.nullable().describe("mean over the cases with a correlation"),
    allCases: count.describe("verified and unverified cases"),
    allAccuracy: share.nullable().describe("pointing game over all cases"),
  })
  .meta({ id: "FaithfulnessSummary" });
export type FaithfulnessSummary = z.infer<typeof FaithfulnessSummary>;

/** Output of `lemons faithfulness --json`. */
export const Faithfulness = z
  .object({
    schemaVersion: z.literal(1),
    settings: FaithfulnessSettings,
    tracks: z.array(TrackId).min(2),
    detection: z.array(PlantDetection).min(1),
    summary: z.array(FaithfulnessSummary).min(1).describe("of verified cases"),
    cases: z.array(FaithfulnessCase).min(1).describe("verified and unverified cases"),
  })
  .meta({ id: "Faithfulness" });
export type Faithfulness = z.infer<typeof Faithfulness>;
