import { z } from "zod";

/**
 * The separators and the version of each. A version is part of every explanation's content
 * address: raise it whenever the separator's output changes. `stems` stands for the owner's own
 * stems; every other one takes a mix apart.
 */
export const SEPARATOR_VERSIONS = { dsp: "1", stems: "1" } as const;

export const SeparatorName = z
  .enum(Object.keys(SEPARATOR_VERSIONS) as (keyof typeof SEPARATOR_VERSIONS)[])
  .meta({ id: "SeparatorName" });
export type SeparatorName = z.infer<typeof SeparatorName>;

const MIX_SEPARATORS = SeparatorName.exclude(["stems"]).options;

/** A separator that takes a mix apart, unlike `stems`. Every one is installed. */
export const MixSeparatorName = z
  .enum(MIX_SEPARATORS, {
    error: ({ input }) =>
      `must be one of ${MIX_SEPARATORS.join(", ")}, not ${JSON.stringify(input)}`,
  })
  .meta({ id: "MixSeparatorName" });
export type MixSeparatorName = z.infer<typeof MixSeparatorName>;

/** The separator of tracks without stems if neither the request nor the deployment names one. */
export const DEFAULT_SEPARATOR: MixSeparatorName = "dsp";

/**
 * The separator that an explanation names if it needs no sources: time segments of a track without
 * stems of its own. A new version of a separator leaves such explanations as they are.
 */
export const NO_SEPARATION = { name: "none", version: "1" } as const;
