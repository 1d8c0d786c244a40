import { InputError } from "../input-error.ts";
import { hasText } from "./bytes.ts";

/** The kinds of file that are decoded. `oga` is Vorbis in Ogg. */
export type AudioFormat = "wav" | "mp3" | "oga" | "opus" | "flac" | "m4a";

const ACCEPTED = "use wav, mp3, ogg vorbis, opus, flac or m4a";

/** Bytes of the ID3v2 tags at the start, of which there may be several. */
function id3Length(bytes: Uint8Array): number {
  let end = 0;
  while (hasText(bytes, end, "ID3") && end + 10 <= bytes.length) {
    const size = bytes.subarray(end + 6, end + 10).reduce((sum, b) => sum * 128 + (b & 0x7f), 0);
    const footer = (bytes[end + 5]! & 0x10) === 0 ? 0 : 10;
    end += 10 + size + footer;
  }
  return end;
}

/**
 * Tells the format from the first bytes, never from a file name.
 *
 * @returns the format, and the bytes without ID3v2 tags in front.
 * @throws InputError where it is none of ours.
 */
export function detectFormat(file: Uint8Array): { format: AudioFormat; bytes: Uint8Array } {
  if (file.length === 0) throw new InputError("the audio file is empty");
  const bytes = file.subarray(id3Length(file));
  if (file.length > 0 && bytes.length === 0) {
    throw new InputError("the audio file ends within its ID3 tag: it is truncated");
  }
  const ours = (format: AudioFormat) => ({ format, bytes });
  if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WAVE")) return ours("wav");
  if (hasText(bytes, 0, "fLaC")) return ours("flac");
  if (hasText(bytes, 4, "ftyp")) return ours("m4a");
  if (hasText(bytes, 0, "OggS")) {
    const packet = 27 + (bytes[26] ?? 0);
    if (hasText(bytes, packet, "OpusHead")) return ours("opus");
    if (hasText(bytes, packet, "\x01vorbis")) return ours("oga");
    throw new InputError(`the Ogg file holds neither Vorbis nor Opus audio; ${ACCEPTED}`);
  }
  const layer = (bytes[1] ?? 0) & 0x06;
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0 && layer === 0x02) return ours("mp3");
  throw new InputError(`the file is not in a known audio format; ${ACCEPTED}`);
}
