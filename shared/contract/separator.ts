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

/** A separator that takes a mix apart, unlike `stems`. */
export type MixSeparatorName = Exclude<SeparatorName, "stems">;

/** The separator of tracks without stems if the deployment or the request names no other. */
export const DEFAULT_SEPARATOR: MixSeparatorName = "dsp";

/**
 * The separator that an explanation names if it needs no sources: time segments of a track without
 * stems of its own. A new version of a separator leaves such explanations as they are.
 */
export const NO_SEPARATION = { name: "none", version: "1" } as const;
