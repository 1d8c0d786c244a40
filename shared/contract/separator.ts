import { z } from "zod";

/**
 * The separators and the version of each. The version is part of every explanation's content
 * address: raise it whenever a separator's output changes.
 */
export const SEPARATOR_VERSIONS = { dsp: "1", stems: "1" } as const;

/** `dsp` needs no weights; `stems` takes the user's own stems. */
export const SeparatorName = z.enum(["dsp", "stems"]).meta({ id: "SeparatorName" });
export type SeparatorName = z.infer<typeof SeparatorName>;

/**
 * What an explanation names as its separator where no source was needed: time segments of a track
 * without stems of its own. A new version of `dsp` leaves such explanations as they are.
 */
export const NO_SEPARATION = { name: "none", version: "1" } as const;
