import type { AudioFacts } from "./audio-facts.ts";
import type { AudioFormat } from "./audio-format.ts";
import { inspectFlac } from "./inspect-flac.ts";
import { inspectM4a } from "./inspect-m4a.ts";
import { inspectMp3 } from "./inspect-mp3.ts";
import { inspectOgg } from "./inspect-ogg.ts";
import { inspectWav } from "./inspect-wav.ts";

const INSPECTORS: Record<AudioFormat, (bytes: Uint8Array) => AudioFacts> = {
  wav: inspectWav,
  flac: inspectFlac,
  oga: inspectOgg,
  opus: inspectOgg,
  m4a: inspectM4a,
  mp3: inspectMp3,
};

/**
 * Reads what a file says about itself, without decoding.
 *
 * @throws InputError where the file is truncated, damaged or of an unsupported kind.
 */
export function inspect(format: AudioFormat, bytes: Uint8Array): AudioFacts {
  return INSPECTORS[format](bytes);
}
