import type { TableRecord } from "@lemons/shared/contract/explanation";
import type { Progress } from "@lemons/shared/contract/job";
import {
  DEFAULT_SEPARATOR,
  NO_SEPARATION,
  type SeparatorName,
} from "@lemons/shared/contract/separator";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { encodeTable } from "@lemons/shared/what-if/table-format";
import type { EncoderPackage } from "../model/model-package.ts";
import type { ExactEngine } from "./exact-engine.ts";
import { audioFactsOf, type ExplainAudioInput, separationOf } from "./explain-audio.ts";
import { heardSound } from "./heard-sound.ts";
import { snippetSources } from "./snippet-sources.ts";

export interface TableOfAudioInput
  extends Pick<ExplainAudioInput, "mix" | "stems" | "audioSha256" | "separatedCache" | "signal"> {
  model: EncoderPackage;
  /** `none` for a table of time alone. */
  separator: SeparatorName | typeof NO_SEPARATION.name;
  /** Equal parts in time. */
  segments: number;
  exact: ExactEngine;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** A table as a file and what is known of it, or why there is none. */
export type TableOfAudio =
  | { applies: true; bytes: Uint8Array<ArrayBuffer>; facts: Omit<TableRecord, "id"> }
  | { applies: false; reason: string };

/**
 * The response table of an encoder and a track, without any head: of time x source, or of stretches of
 * the mix where nothing separates it.
 *
 * @throws InputError where audio, stems or model do not fit together; the signal's reason
 */
export async function tableOfAudio(input: TableOfAudioInput): Promise<TableOfAudio> {
  const { model, segments, exact, audioSha256, onProgress, signal } = input;
  signal?.throwIfAborted();
  onProgress?.({ phase: "separating", done: 0, total: 1 });
  const { separator: named } = input;
  const isOfTime = named === NO_SEPARATION.name;
  // The mix itself needs no separator; it may be the sum of stems.
  const separator = isOfTime ? DEFAULT_SEPARATOR : named;
  const sound = await snippetSources({ ...input, separator, needsSources: !isOfTime });
  onProgress?.({ phase: "separating", done: 1, total: 1 });
  const { frontEnd, encoderVersion } = model.manifest;
  const heard = heardSound(sound, frontEnd, exact.runtime);
  onProgress?.({ phase: "scoring", done: 0, total: 100 });
  const answer = await exact.tableOf({
    ...input,
    separator,
    sound,
    heard,
    segments,
    type: isOfTime ? "time" : "time+source",
    ownOnly: true,
    toEnumerate: false,
    onProgress: (fraction) =>
      onProgress?.({ phase: "scoring", done: Math.floor(100 * fraction), total: 100 }),
  });
  if (!answer.applies) return answer;
  const bytes = encodeTable(answer.table);
  const at = (sample: number) => sound.startSeconds + sample / frontEnd.sampleRate;
  return {
    applies: true,
    bytes,
    facts: {
      // A model that a table can be built for has been split.
      encoderVersion: encoderVersion!,
      audio: audioFactsOf(sound, audioSha256),
      separation: separationOf(sound.separated),
      segments: segmentBounds(heard.samples, segments).map(([start, end]) => ({
        startSeconds: at(start),
        endSeconds: at(end),
      })),
      engine: answer.engine,
      bytes: bytes.length,
    },
  };
}
