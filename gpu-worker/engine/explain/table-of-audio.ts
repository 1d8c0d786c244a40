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
import { describeAudio, describeSeparation, type ExplainAudioInput } from "./explain-audio.ts";
import { heardSound, snippetSources } from "./snippet-sources.ts";

export interface TableOfAudioInput
  extends Pick<ExplainAudioInput, "mix" | "stems" | "audioSha256" | "separatedCache" | "signal"> {
  model: EncoderPackage;
  /** `none` for a table of time segments only. */
  separator: SeparatorName | typeof NO_SEPARATION.name;
  /** Number of equal time segments. */
  segments: number;
  exact: ExactEngine;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** A table as a file with its facts, or the reason why there is none. */
export type TableOfAudio =
  | { applies: true; bytes: Uint8Array<ArrayBuffer>; facts: Omit<TableRecord, "id"> }
  | { applies: false; reason: string };

/**
 * Builds the response table of an encoder and a track, without a head: of time x source, or of time
 * segments of the mix for the separator `none`.
 *
 * @throws InputError if audio, stems or model don't fit together; the signal's reason
 */
export async function tableOfAudio(input: TableOfAudioInput): Promise<TableOfAudio> {
  const { model, segments, exact, audioSha256, onProgress, signal } = input;
  signal?.throwIfAborted();
  onProgress?.({ phase: "separating", done: 0, total: 1 });
  const isOfTime = input.separator === NO_SEPARATION.name;
  // The mix itself needs no separator; it may be the sum of stems.
  const separator = input.separator === NO_SEPARATION.name ? DEFAULT_SEPARATOR : input.separator;
  const sound = await snippetSources({
    ...input,
    runtime: exact.runtime,
    separator,
    needsSources: !isOfTime,
  });
  onProgress?.({ phase: "separating", done: 1, total: 1 });
  const { frontEnd, encoderVersion } = model.manifest;
  const heard = heardSound(sound, frontEnd, exact.runtime);
  onProgress?.({ phase: "scoring", done: 0, total: 100 });
  const table = await exact.tableOf({
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
  if (!table.applies) return table;
  const bytes = encodeTable(table.table);
  const at = (sample: number) => sound.startSeconds + sample / frontEnd.sampleRate;
  return {
    applies: true,
    bytes,
    facts: {
      // A model with a table has been split.
      encoderVersion: encoderVersion!,
      audio: describeAudio(sound, audioSha256),
      separation: describeSeparation(sound.separated),
      segments: segmentBounds(heard.samples, segments).map(([start, end]) => ({
        startSeconds: at(start),
        endSeconds: at(end),
      })),
      engine: table.engine,
      bytes: bytes.length,
    },
  };
}
