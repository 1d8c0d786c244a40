import { nameUnsupportedAudio } from "@lemons/shared/audio/sniff-audio";
import { InputError } from "../input-error.ts";
import type { Audio } from "./audio.ts";
import { hasText } from "./bytes.ts";
import { truncated, unsupported } from "./faults.ts";
import { decodeFlac } from "./flac/flac.ts";
import type { AudioLimits } from "./limits.ts";
import { decodeM4a } from "./m4a/m4a.ts";
import { isFreeFormat } from "./mp3/frame-header.ts";
import { findFirstFrame } from "./mp3/frames.ts";
import { decodeMp3 } from "./mp3/mp3.ts";
import { decodeOgg } from "./ogg/ogg.ts";
import { decodeAiff } from "./pcm/aiff.ts";
import { decodeWav } from "./pcm/wav.ts";
import { skipLeadingTags } from "./tags.ts";

/** Decodes a file without leading tags; throws InputError for damaged or unsupported files. */
export type Decoder = (bytes: Uint8Array, limits: AudioLimits) => Audio | Promise<Audio>;

/** The supported formats and their first bytes: one entry each. */
const FORMATS: readonly { matches: (bytes: Uint8Array) => boolean; decode: Decoder }[] = [
  { matches: isWav, decode: decodeWav },
  { matches: isAiff, decode: decodeAiff },
  { matches: (bytes) => hasText(bytes, 0, "fLaC"), decode: decodeFlac },
  { matches: (bytes) => hasText(bytes, 0, "OggS"), decode: decodeOgg },
  { matches: (bytes) => hasText(bytes, 4, "ftyp"), decode: decodeM4a },
  { matches: isMp3, decode: decodeMp3 },
];

function isWav(bytes: Uint8Array): boolean {
  const isRiff = ["RIFF", "RF64", "BW64", "RIFX"].some((id) => hasText(bytes, 0, id));
  return isRiff && hasText(bytes, 8, "WAVE");
}

function isAiff(bytes: Uint8Array): boolean {
  return hasText(bytes, 0, "FORM") && (hasText(bytes, 8, "AIFF") || hasText(bytes, 8, "AIFC"));
}

function isMp3(bytes: Uint8Array): boolean {
  return isFreeFormat(bytes, 0) || findFirstFrame(bytes) >= 0;
}

/**
 * Detects the format from the contents, never from a file name.
 *
 * @returns the decoder, and the bytes without leading tags and zeros
 * @throws InputError if the format is unknown or unsupported
 */
export function detectFormat(file: Uint8Array): { decode: Decoder; bytes: Uint8Array } {
  if (file.length === 0) throw new InputError("The audio file is empty. Choose another file.");
  const start = skipLeadingTags(file);
  const bytes = file.subarray(start);
  if (bytes.length === 0) throw truncated("audio", "it ends within its tags or holds only zeros");
  const format = FORMATS.find(({ matches }) => matches(bytes));
  if (format) return { decode: format.decode, bytes };
  const name = nameUnsupportedAudio(bytes);
  if (name) throw unsupported(name);
  throw unsupported("This file format");
}
