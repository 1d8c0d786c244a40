import { KeyId } from "@lemons/shared/contract/access";
import { ExplanationQuestion, Neighbourhood } from "@lemons/shared/contract/explanation-request";
import { ExplanationId, ListenerId, Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { ModelManifest } from "@lemons/shared/contract/model";
import { NO_SEPARATION, SeparatorName } from "@lemons/shared/contract/separator";
import { z } from "zod";
import type { Ownership } from "../../access/caller.ts";
import { TableTask, TaskSound } from "../tables/table-task.ts";

/** A question with nothing left open: what the id of an explanation stands for. */
export const ExplanationTask = z.object({
  id: ExplanationId,
  /** The key whose track or listener it is about; null where both are everybody's. */
  owner: KeyId.nullable().default(null),
  /** The track where that is somebody's own: what is made of it goes with it. */
  privateTrack: TrackId.nullable().default(null),
  /** The listener where that is somebody's own: the same. */
  privateListener: ListenerId.nullable().default(null),
  listener: ListenerId,
  track: TrackId,
  model: ModelManifest,
  headVersion: Sha256,
  sound: TaskSound,
  /** What takes the track apart; nothing does where only time is cut and masks are drawn. */
  separator: z.object({
    name: z.enum([...SeparatorName.options, NO_SEPARATION.name]),
    version: z.string(),
  }),
  question: ExplanationQuestion.extend({ neighbourhood: Neighbourhood }),
  /** The response table that answers it and all other types; null where masks are drawn. */
  table: TableTask.nullable(),
  /** One that answers this type alone and costs less, for where that is not there. */
  cheaperTable: TableTask.nullable().default(null),
});
export type ExplanationTask = z.infer<typeof ExplanationTask>;

/** To whom a question and its answer belong. */
export const ownershipOf = ({ owner, privateTrack }: ExplanationTask): Ownership => ({
  owner,
  isPrivateTrack: privateTrack !== null,
});
