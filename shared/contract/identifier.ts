import { z } from "zod";

/** SHA-256 of some bytes, as 64 lower-case hexadecimal digits. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits")
  .meta({
    id: "Sha256",
    example: "3ad86a7d62fe69ecd47f0d6924758b84d63979055569bbe4ec8a8da7fe8d7792",
  });
export type Sha256 = z.infer<typeof Sha256>;

const slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    "must be 1 to 64 lower-case letters, digits and inner hyphens",
  );

/** Name of a track in its catalogue. */
export const TrackId = slug
  .meta({ id: "TrackId", example: "wesnoth-battle-epic" })
  .brand<"TrackId">();
export type TrackId = z.infer<typeof TrackId>;

/** Name of a listener in its catalogue. */
export const ListenerId = slug.meta({ id: "ListenerId", example: "ilse" }).brand<"ListenerId">();
export type ListenerId = z.infer<typeof ListenerId>;

/** Name of a model package. */
export const ModelId = slug.meta({ id: "ModelId", example: "demo-ilse" }).brand<"ModelId">();
export type ModelId = z.infer<typeof ModelId>;

/**
 * Content address of an explanation: `<responses>-<question>`, each the first 32 hexadecimal digits
 * of a SHA-256 over canonical JSON. The first half names the model responses that the explanation is
 * computed from, the second half the question.
 */
export const ExplanationId = z
  .string()
  .regex(/^[0-9a-f]{32}-[0-9a-f]{32}$/, "must be 32 and 32 hexadecimal digits joined by a hyphen")
  .meta({
    id: "ExplanationId",
    example: "0f343b0931126a20f133d67c2b018a3b-9c56cc51b374c3ba189210d5b6d4bf57",
  })
  .brand<"ExplanationId">();
export type ExplanationId = z.infer<typeof ExplanationId>;

/** Content address of a response table: the first half of the ids of explanations read from it. */
export const TableId = z
  .string()
  .regex(/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits")
  .meta({ id: "TableId", example: "0f343b0931126a20f133d67c2b018a3b" })
  .brand<"TableId">();
export type TableId = z.infer<typeof TableId>;

/**
 * Id of the rendered sources of a sound: `<hash of the sound>-<separator>-<its version>`. Tracks with
 * the same sound share them.
 */
export const StemsId = z
  .string()
  .regex(/^[0-9a-f]{64}-[a-z]+-[0-9a-z.]+$/, "must be a hash, a separator and its version")
  .meta({
    id: "StemsId",
    example: "3ad86a7d62fe69ecd47f0d6924758b84d63979055569bbe4ec8a8da7fe8d7792-dsp-1",
  })
  .brand<"StemsId">();
export type StemsId = z.infer<typeof StemsId>;
