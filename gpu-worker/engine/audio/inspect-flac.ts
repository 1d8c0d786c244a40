import { InputError } from "../input-error.ts";
import type { AudioFacts } from "./audio-facts.ts";
import { viewOf } from "./bytes.ts";

/** CRC-8 of a frame header, polynomial x^8 + x^2 + x + 1 (RFC 9639, section 9.1.8). */
function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) {
    crc ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x80) === 0 ? 0 : 0x107);
  }
  return crc;
}

/** Samples of the frame whose header stands at `offset`; 0 where none does (RFC 9639, 9.1). */
function frameSamples(bytes: Uint8Array, offset: number): number {
  const sizeCode = bytes[offset + 2]! >> 4;
  const rateCode = bytes[offset + 2]! & 15;
  if (sizeCode === 0 || rateCode === 15) return 0;
  const leading = Math.clz32((~bytes[offset + 4]! & 0xff) << 24);
  let end = offset + 4 + Math.max(1, leading);
  const sizeAt = end;
  if (sizeCode === 6) end += 1;
  if (sizeCode === 7) end += 2;
  if (rateCode === 12) end += 1;
  if (rateCode === 13 || rateCode === 14) end += 2;
  if (end >= bytes.length || crc8(bytes, offset, end) !== bytes[end]) return 0;
  if (sizeCode === 1) return 192;
  if (sizeCode <= 5) return 144 << sizeCode;
  if (sizeCode === 6) return bytes[sizeAt]! + 1;
  if (sizeCode === 7) return bytes[sizeAt]! * 256 + bytes[sizeAt + 1]! + 1;
  return 1 << sizeCode;
}

/** Where the audio frames start, after the metadata blocks. */
function endOfMetadata(bytes: Uint8Array): number {
  let offset = 4;
  while (offset + 4 <= bytes.length) {
    const last = (bytes[offset]! & 0x80) !== 0;
    offset += 4 + (viewOf(bytes).getUint32(offset) & 0xffffff);
    if (last && offset < bytes.length) return offset;
  }
  throw new InputError("the flac file ends within its metadata: it is truncated");
}

/**
 * FLAC: STREAMINFO, and the block sizes of everything that looks like a frame header. A few bytes
 * can stand for 65,535 samples, so the frames are counted whatever STREAMINFO says.
 *
 * @throws InputError where STREAMINFO is missing or the file ends within its metadata.
 */
export function inspectFlac(bytes: Uint8Array): AudioFacts {
  if (bytes.length < 42 || (bytes[4]! & 0x7f) !== 0) {
    throw new InputError("the flac file has no STREAMINFO block: it is truncated or damaged");
  }
  const sampleRate = (bytes[18]! << 12) | (bytes[19]! << 4) | (bytes[20]! >> 4);
  const channels = ((bytes[20]! >> 1) & 7) + 1;
  // 0 where the encoder did not know; then a truncated file cannot be told from a short one.
  const declared = (bytes[21]! & 15) * 2 ** 32 + viewOf(bytes).getUint32(22);
  let counted = 0;
  for (let i = endOfMetadata(bytes); i + 5 < bytes.length; i++) {
    if (bytes[i] === 0xff && (bytes[i + 1]! & 0xfe) === 0xf8) counted += frameSamples(bytes, i);
  }
  return {
    sampleRate,
    channels,
    samples: Math.max(declared, counted),
    fewestSamples: Math.max(1, declared),
    payload: bytes,
  };
}
