import { z } from "zod";
import { TrackId } from "./identifier.ts";

/** Bytes of an audio file: 50 MB. */
export const MAX_AUDIO_BYTES = 50_000_000;

/** Length of a track: 15 minutes. */
export const MAX_AUDIO_SECONDS = 900;

export const MAX_AUDIO_CHANNELS = 8;

export const MAX_TEXT_LENGTH = 200;

/** What is written above and below a track. */
export const TrackText = z.string().trim().min(1).max(MAX_TEXT_LENGTH).meta({ pattern: "\\S" });

/** An uploaded track that cannot be played yet. */
export const Upload = z
  .object({
    id: TrackId.describe("the track's, once it is ready"),
    state: z.literal("probing").describe("it is being decoded"),
    reason: z.string().nullable().describe("why the last attempt to decode it failed"),
  })
  .meta({ id: "Upload" });
export type Upload = z.infer<typeof Upload>;

/** What the removal of an uploaded track took away. */
export const Removal = z
  .object({
    track: TrackId,
    removed: z.object({
      audio: z.boolean().describe("false where another track is the same bytes"),
      explanations: z.int().nonnegative(),
      tables: z.int().nonnegative(),
      listens: z.int().nonnegative(),
    }),
  })
  .meta({ id: "Removal" });
export type Removal = z.infer<typeof Removal>;
