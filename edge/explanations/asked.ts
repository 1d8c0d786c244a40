import {
  ExplanationQuestion,
  SampledNeighbourhood,
  SourceName,
} from "@lemons/shared/contract/explanation-request";
import { ExplanationId, ListenerId, Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { ModelManifest } from "@lemons/shared/contract/model";
import { NO_SEPARATION, SeparatorName } from "@lemons/shared/contract/separator";
import { z } from "zod";

/** A question with nothing left open: what the id of an explanation stands for. */
export const Asked = z.object({
  id: ExplanationId,
  listener: ListenerId,
  track: TrackId,
  model: ModelManifest,
  sound: z.object({
    /** The track's file; it also names the stems' place in the store. */
    audioSha256: Sha256,
    /** What the model hears: the file, or the sum of the stems. */
    soundSha256: Sha256,
    stems: z.record(SourceName, Sha256),
  }),
  /** What takes the track apart; nothing does where only time is cut. */
  separator: z.object({
    name: z.enum([...SeparatorName.options, NO_SEPARATION.name]),
    version: z.string(),
  }),
  question: ExplanationQuestion.extend({ neighbourhood: SampledNeighbourhood }),
});
export type Asked = z.infer<typeof Asked>;
