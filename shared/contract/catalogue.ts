import { z } from "zod";
import { SourceName } from "./explanation-request.ts";
import { ListenerId, Sha256, TrackId } from "./identifier.ts";

/** A path below the catalogue's folder, with `/` between any names that a file may have. */
const relativePath = z
  .string()
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0]+$/su, "must be a path inside the catalogue")
  .refine((path) => path.isWellFormed(), "must be Unicode text");

/** One track of a catalogue folder. */
export const CatalogueTrack = z.object({
  slug: TrackId,
  title: z.string().min(1),
  artist: z.string().min(1),
  file: relativePath,
  duration_s: z.number().positive(),
  sha256: Sha256,
  licence: z.string().min(1),
  licence_url: z.url().nullable(),
  licence_basis: z.string().optional(),
  changes: z.string(),
  source: z.record(z.string(), z.unknown()),
  tags_from_source: z.array(z.object({ tag: z.string(), evidence: z.string() })),
  measured: z.record(z.string(), z.unknown()),
  stems: relativePath.optional().describe("folder of true stems; their sum is the track"),
  truth: relativePath.optional(),
});
export type CatalogueTrack = z.infer<typeof CatalogueTrack>;

/** `catalog.json` of a catalogue folder. */
export const Catalogue = z.object({
  format: z.literal(1),
  tracks: z.array(CatalogueTrack).min(1),
});
export type Catalogue = z.infer<typeof Catalogue>;

/** `listeners.json` of a catalogue folder. */
export const CatalogueListeners = z.object({
  listeners: z
    .array(z.object({ id: ListenerId, name: z.string().min(1), taste: z.string().min(1) }))
    .min(1),
});
export type CatalogueListeners = z.infer<typeof CatalogueListeners>;

/** `truth.json` of a track with known stems: 1 for each segment in which a stem sounds. */
export const StemTruth = z.looseObject({
  active: z.record(SourceName, z.array(z.union([z.literal(0), z.literal(1)]))),
});
export type StemTruth = z.infer<typeof StemTruth>;
