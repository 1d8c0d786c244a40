import { createHash } from "node:crypto";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { SEPARATOR_VERSIONS, type SeparatorName } from "@lemons/shared/contract/separator";
import { canonicalJson } from "@lemons/shared/identity/canonical-json";
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
    stems: own && samplesHash(own),
    snippet: { startSeconds, seconds },
    separator: isTime ? null : { name: separator, version: SEPARATOR_VERSIONS[separator] },
    segments: type === "source" ? 1 : segments,
  };
  return createHash("sha256").update(canonicalJson(decisive)).digest("hex");
}

function samplesHash(waveforms: readonly Float32Array[]): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of waveforms) {
    hash.update(`${byteLength} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
