import { KeyId } from "@lemons/shared/contract/access";
import { ExplanationQuestion, Neighbourhood } from "@lemons/shared/contract/explanation-request";
import { ExplanationId, ListenerId, Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { ModelManifest } from "@lemons/shared/contract/model";
import { z } from "zod";
import type { Ownership } from "../../access/caller.ts";
import { TableTask, TaskSeparator, TaskSound } from "../tables/table-task.ts";

/** An explanation to compute, fully resolved: its id is the hash of the rest. */
export const ExplanationTask = z.object({
  id: ExplanationId,
  /** The key that owns the track or the listener; null if both are public. */
  owner: KeyId.nullable().default(null),
  /** The track, if it is private: everything made of it is deleted with it. */
  privateTrack: TrackId.nullable().default(null),
  /** The listener, if it is private: the same. */
  privateListener: ListenerId.nullable().default(null),
  listener: ListenerId,
  track: TrackId,
  model: ModelManifest,
  headVersion: Sha256,
  sound: TaskSound,
  separator: TaskSeparator,
  question: ExplanationQuestion.extend({ neighbourhood: Neighbourhood }),
  /** The response table that answers this and all other types; null if masks are sampled. */
  table: TableTask.nullable(),
  /** A table that answers this type alone and costs less, to build if `table` isn't stored. */
  cheaperTable: TableTask.nullable().default(null),
});
export type ExplanationTask = z.infer<typeof ExplanationTask>;

/** Returns who owns a task and its result. */
export const ownershipOf = ({
  owner,
  privateTrack,
}: Pick<ExplanationTask, "owner" | "privateTrack">): Ownership => ({
  owner,
  isPrivateTrack: privateTrack !== null,
});
