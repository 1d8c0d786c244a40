import { z } from "zod";
import { SourceName } from "./explanation-request.ts";
import { Sha256, TrackId } from "./identifier.ts";

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
