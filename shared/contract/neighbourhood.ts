import { z } from "zod";

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
