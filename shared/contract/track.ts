import { z } from "zod";
import { SourceName } from "./explanation-request.ts";
import { Sha256, TrackId } from "./identifier.ts";
import { lineOfText } from "./text.ts";

/** A track with the credits that every excerpt must carry: author, licence, changes. */
export const Track = z
  .object({
    id: TrackId,
    title: z.string(),
    artist: z.string(),
    seconds: z.number().positive(),
    audioSha256: Sha256,
    licence: z.string(),
    licenceUrl: z.string().nullable(),
    changes: z.string().describe("changes to the original work"),
    origin: z.string().describe("origin of the work"),
    tags: z.array(z.string()),
    stems: z.array(SourceName).describe("sources with true stems; empty if there are none"),
  })
  .meta({ id: "Track" });
export type Track = z.infer<typeof Track>;

/** One track with its waveform. */
export const TrackDetail = Track.extend({
  peaks: z
    .array(z.number().min(0).max(1))
    .describe("peak magnitude of equal parts of the track; empty until the track is scored"),
}).meta({ id: "TrackDetail" });
export type TrackDetail = z.infer<typeof TrackDetail>;

/** A page of tracks. */
export const TrackPage = z
  .object({ tracks: z.array(Track), nextCursor: z.string().nullable() })
  .meta({ id: "TrackPage" });
export type TrackPage = z.infer<typeof TrackPage>;

/** The largest audio file: 50 MB. */
export const MAX_AUDIO_BYTES = 50_000_000;

/** The longest track: 15 minutes. */
export const MAX_AUDIO_SECONDS = 900;

export const MAX_AUDIO_CHANNELS = 8;

export const MAX_TEXT_LENGTH = 200;

/** Title, artist or credit of a track. */
export const TrackText = lineOfText(MAX_TEXT_LENGTH);

/** An uploaded track that cannot be played yet. */
export const Upload = z
  .object({
    id: TrackId.describe("id of the track, once it is ready"),
    state: z.literal("probing").describe("the file is being decoded"),
    reason: z
      .string()
      .nullable()
      .describe("why the last attempt to decode the file failed; null otherwise"),
  })
  .meta({ id: "Upload" });
export type Upload = z.infer<typeof Upload>;

/** The data removed with an uploaded track. */
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
