import { createHash } from "node:crypto";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { SEPARATOR_VERSIONS, type SeparatorName } from "@lemons/shared/contract/separator";
import { canonicalJson } from "@lemons/shared/identity/canonical-json";
import type { Audio } from "../audio/audio.ts";
import type { ModelPackage } from "../model/model-package.ts";
import type { SnippetSources } from "./snippet-sources.ts";

/** Raised whenever the same track and encoder would give another table. */
const SCHEMA = 1;

/** What decides a table's numbers. */
export interface TableKeyInput {
  model: ModelPackage;
  sound: SnippetSources;
  audioSha256: string;
  separator: SeparatorName;
  segments: number;
}

/**
 * Content addresses of the tables that can answer a type, the one that answers all types last.
 * Own stems are named by their samples: the hash of a track says nothing about them.
 */
export function tableKeys(input: TableKeyInput): Record<ExplanationType, string> {
  const { model, sound, audioSha256, separator, segments } = input;
  const { encoderVersion, version, frontEnd } = model.manifest;
  const { startSeconds, seconds, separated } = sound;
  const common = {
    schema: SCHEMA,
    encoder: encoderVersion ?? version,
    frontEnd,
    audio: audioSha256,
    stems: separator === "stems" ? samplesHash(separated.stems) : null,
    snippet: { startSeconds, seconds },
  };
  const named = { name: separator, version: SEPARATOR_VERSIONS[separator] };
  const of = (cut: { separator: typeof named | null; segments: number }) =>
    createHash("sha256")
      .update(canonicalJson({ ...common, ...cut }))
      .digest("hex");
  return {
    time: of({ separator: null, segments }),
    source: of({ separator: named, segments: 1 }),
    "time+source": of({ separator: named, segments }),
  };
}

function samplesHash(stems: readonly Audio[]): string {
  const hash = createHash("sha256");
  for (const { sampleRate, channels } of stems) {
    hash.update(`${sampleRate} ${channels.length} `);
    for (const { buffer, byteOffset, byteLength } of channels) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest("hex");
}
