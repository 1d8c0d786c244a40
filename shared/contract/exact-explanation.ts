import { z } from "zod";

/** The relevance that a sufficient set reaches and a necessary one is missing for. */
export const DecisionThreshold = z
  .number()
  .gt(0)
  .lt(1)
  .describe(
    "by default 0.5 where it lies between silence and the whole track, else their midpoint",
  );

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
