import { z } from "zod";
import { SourceName } from "./explanation-request.ts";
import { Sha256, TrackId } from "./identifier.ts";
import { lineOfText } from "./text.ts";

/** A track with what must travel with every excerpt of it: author, licence, changes. */
export const Track = z
  .object({
    id: TrackId,
    title: z.string(),
    artist: z.string(),
    seconds: z.number().positive(),
    audioSha256: Sha256,
    licence: z.string(),
    licenceUrl: z.string().nullable(),
    changes: z.string().describe("what was changed against the original work"),
    origin: z.string().describe("where the work was taken from"),
    tags: z.array(z.string()),
    stems: z.array(SourceName).describe("true stems known for this track; empty: none"),
  })
  .meta({ id: "Track" });
export type Track = z.infer<typeof Track>;

/** One track with its waveform. */
export const TrackDetail = Track.extend({
  peaks: z
    .array(z.number().min(0).max(1))
    .describe("largest magnitude of equal parts of the track; empty until first scored"),
}).meta({ id: "TrackDetail" });
export type TrackDetail = z.infer<typeof TrackDetail>;

/** A page of tracks. */
export const TrackPage = z
  .object({ tracks: z.array(Track), nextCursor: z.string().nullable() })
  .meta({ id: "TrackPage" });
export type TrackPage = z.infer<typeof TrackPage>;

/** Bytes of an audio file: 50 MB. */
export const MAX_AUDIO_BYTES = 50_000_000;

/** Length of a track: 15 minutes. */
export const MAX_AUDIO_SECONDS = 900;

export const MAX_AUDIO_CHANNELS = 8;

export const MAX_TEXT_LENGTH = 200;

/** What is written above and below a track. */
export const TrackText = lineOfText(MAX_TEXT_LENGTH);

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
      audio: z
        .boolean()
        .describe(
          "always true: the track no longer has audio, even if another upload has the same",
        ),
      explanations: z.int().nonnegative(),
      tables: z.int().nonnegative(),
      listens: z.int().nonnegative(),
    }),
  })
  .meta({ id: "Removal" });
export type Removal = z.infer<typeof Removal>;
