import { z } from "zod";
import { Engine } from "./exact-explanation.ts";
import { HeardAudio, Separation } from "./explanation.ts";
import { Sha256, TableId } from "./identifier.ts";

/**
 * What is known of a response table besides its numbers: all that an explanation needs to say where
 * it comes from. Stored beside `table.bin`.
 */
export const TableRecord = z
  .object({
    id: TableId,
    encoderVersion: Sha256,
    audio: HeardAudio,
    separation: Separation,
    segments: z
      .array(z.object({ startSeconds: z.number(), endSeconds: z.number() }))
      .min(1)
      .max(8),
    engine: Engine,
    bytes: z.int().positive().describe("of table.bin"),
  })
  .meta({ id: "TableRecord" });
export type TableRecord = z.infer<typeof TableRecord>;
