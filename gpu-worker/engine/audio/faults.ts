import { InputError } from "../input-error.ts";

/** Formats a position in seconds for messages: "4.5 s". */
export function formatPosition(samples: number, sampleRate: number): string {
  const seconds = samples / sampleRate;
  return `${Number(seconds.toFixed(seconds < 10 ? 2 : 1))} s`;
}

/** The error for damage at a sample position. */
export function damagedAt(file: string, samples: number, sampleRate: number): InputError {
  return new InputError(
    `The ${file} file is damaged at ${formatPosition(samples, sampleRate)}. Export or download it again.`,
  );
}

/** The error for damage outside the sound, such as in a header. */
export function damaged(file: string, reason: string): InputError {
  return new InputError(`The ${file} file is damaged: ${reason}. Export or download it again.`);
}

/** The error for a file that ends early. */
export function truncated(file: string, reason: string): InputError {
  return new InputError(`The ${file} file is truncated: ${reason}. Export or download it again.`);
}

/** The error for files that hold more than one recording. */
export function severalStreams(file: string, detail: string): InputError {
  return new InputError(
    `The ${file} file holds several streams: ${detail}. Use a file with one audio stream.`,
  );
}

/** The error for a known format that isn't decoded. */
export function unsupported(what: string): InputError {
  return new InputError(
    `${what} isn't supported. Convert it to WAV, AIFF, FLAC, MP3, Ogg Vorbis, Opus or AAC in M4A.`,
  );
}
