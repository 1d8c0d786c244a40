import { ExplanationQuestion, SourceName } from "@lemons/shared/contract/explanation-request";
import { Sha256, TableId, TrackId } from "@lemons/shared/contract/identifier";
import { ModelManifest } from "@lemons/shared/contract/model";
import { NO_SEPARATION, SeparatorName } from "@lemons/shared/contract/separator";
import { z } from "zod";

/** Raise it when the way tables are built changes: every earlier one is stale then, and swept. */
export const TABLE_SCHEMA = 1;

/** What a track is heard from. */
export const TaskSound = z.object({
  /** The track's file; it also names the stems' place in the store. */
  audioSha256: Sha256,
  /** What the model hears: the file, or the sum of the stems. */
  soundSha256: Sha256,
  stems: z.record(SourceName, Sha256),
});

/** A response table with nothing left open: what its id stands for. */
export const TableTask = z.object({
  id: TableId,
  /** The track where that is somebody's own: its table goes with it. */
  privateTrack: TrackId.nullable().default(null),
  encoderVersion: Sha256,
  /** Any model of the encoder. */
  model: ModelManifest,
  sound: TaskSound,
  /** Nothing takes the track apart where only time is cut. */
  separator: z.object({
    name: z.enum([...SeparatorName.options, NO_SEPARATION.name]),
    version: z.string(),
  }),
  segments: ExplanationQuestion.shape.segments,
});
export type TableTask = z.infer<typeof TableTask>;
