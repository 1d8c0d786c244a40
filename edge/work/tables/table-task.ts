import { ExplanationQuestion, SourceName } from "@lemons/shared/contract/explanation-request";
import { Sha256, TableId, TrackId } from "@lemons/shared/contract/identifier";
import { ModelManifest } from "@lemons/shared/contract/model";
import { NO_SEPARATION, SeparatorName } from "@lemons/shared/contract/separator";
import { z } from "zod";

/** Raise it if the way tables are built changes: every earlier one is stale then, and swept. */
export const TABLE_SCHEMA = 1;

/** The sound of a track, as the model hears it. */
export const TaskSound = z.object({
  /** The track's file; it also names the stems' place in the store. */
  audioSha256: Sha256,
  /** The file, or the sum of the stems. */
  soundSha256: Sha256,
  stems: z.record(SourceName, Sha256),
});

/** The separator of a task; `none` if a track is cut in time only. */
export const TaskSeparator = z.object({
  name: z.enum([...SeparatorName.options, NO_SEPARATION.name]),
  version: z.string(),
});

/** A response table to build, fully resolved: its id is the hash of the rest. */
export const TableTask = z.object({
  id: TableId,
  /** The track, if it is private: its table is deleted with it. */
  privateTrack: TrackId.nullable().default(null),
  encoderVersion: Sha256,
  /** Any model of the encoder. */
  model: ModelManifest,
  sound: TaskSound,
  separator: TaskSeparator,
  segments: ExplanationQuestion.shape.segments,
});
export type TableTask = z.infer<typeof TableTask>;
