import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { SEPARATOR_VERSIONS, type SeparatorName } from "@lemons/shared/contract/separator";
import { canonicalJson } from "@lemons/shared/identity/canonical-json";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import type { EncoderPackage } from "../model/model-package.ts";
import type { HeardSound } from "./heard-sound.ts";
import type { SnippetSources } from "./snippet-sources.ts";

/** Raised whenever the same track and encoder would give another table. */
const SCHEMA = 2;

/** What decides a table's numbers. */
export interface TableKeyInput {
  model: EncoderPackage;
  sound: SnippetSources;
  heard: HeardSound;
  audioSha256: string;
  separator: SeparatorName;
  segments: number;
}

/**
 * Content address of the table that is built for a type; the one of time x source answers all.
 * Own stems are named by what the model hears of them: the hash of a track says nothing about them.
 */
export async function tableKey(input: TableKeyInput, type: ExplanationType): Promise<string> {
  const { model, sound, heard, audioSha256, separator, segments } = input;
  const { encoderVersion, version, frontEnd } = model.manifest;
  const { startSeconds, seconds } = sound;
  const isTime = type === "time";
  const own = separator === "stems" ? (isTime ? [await heard.mix()] : await heard.sources()) : null;
  const decisive = {
    schema: SCHEMA,
    encoder: encoderVersion ?? version,
    frontEnd,
    audio: audioSha256,
    stems: own && (await samplesHash(own)),
    snippet: { startSeconds, seconds },
    separator: isTime ? null : { name: separator, version: SEPARATOR_VERSIONS[separator] },
    segments: type === "source" ? 1 : segments,
  };
  return sha256Hex(canonicalJson(decisive));
}

/** SHA-256 of each waveform's length in bytes, as text followed by a space, and its bytes. */
function samplesHash(waveforms: readonly Float32Array[]): Promise<string> {
  const parts = waveforms.flatMap(({ buffer, byteOffset, byteLength }) => [
    new TextEncoder().encode(`${byteLength} `),
    new Uint8Array(buffer, byteOffset, byteLength),
  ]);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return sha256Hex(bytes);
}
