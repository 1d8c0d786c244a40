/** Number of bytes that {@link sniffAudio} needs. */
export const SNIFFED_BYTES = 12;

/**
 * Detects the media type of an audio file by its first bytes. The rest of the file may still be
 * invalid.
 *
 * @param head at least {@link SNIFFED_BYTES} bytes, unless the file is shorter
 * @returns null if it is not WAV, MP3, Ogg, Opus, FLAC or M4A
 */
export function sniffAudio(head: Uint8Array): string | null {
  const says = (offset: number, text: string) =>
    Array.from(text).every((letter, i) => head[offset + i] === letter.charCodeAt(0));
  if (says(0, "RIFF") && says(8, "WAVE")) return "audio/wav";
  if (says(0, "fLaC")) return "audio/flac";
  if (says(0, "OggS")) return "audio/ogg";
  if (says(4, "ftyp")) return "audio/mp4";
  if (says(0, "ID3")) return "audio/mpeg";
  // The frame sync of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.2.3).
  const isLayer3 = head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2;
  return isLayer3 ? "audio/mpeg" : null;
}
