import { hasText, viewOf } from "./bytes.ts";

/** Bytes of an ID3v2 tag at `offset`; 0 if there is none. */
function id3v2Length(bytes: Uint8Array, offset: number): number {
  if (!hasText(bytes, offset, "ID3") || offset + 10 > bytes.length) return 0;
  let size = 0;
  for (let i = 6; i < 10; i++) size = size * 128 + (bytes[offset + i]! & 0x7f);
  const footer = (bytes[offset + 5]! & 0x10) === 0 ? 0 : 10;
  return 10 + size + footer;
}

/** Bytes of an APEv2 tag whose header or footer is at `offset`; 0 if there is none. */
function apeLength(bytes: Uint8Array, offset: number): number {
  if (!hasText(bytes, offset, "APETAGEX") || offset + 32 > bytes.length) return 0;
  const view = viewOf(bytes);
  const isHeader = (view.getUint32(offset + 20, true) & 0x20000000) !== 0;
  return isHeader ? 32 + view.getUint32(offset + 12, true) : 32;
}

/** Bytes of a Lyrics3 tag at `offset`; 0 if there is none. */
function lyricsLength(bytes: Uint8Array, offset: number): number {
  if (!hasText(bytes, offset, "LYRICSBEGIN")) return 0;
  for (let at = offset + 11; at + 9 <= bytes.length; at++) {
    if (hasText(bytes, at, "LYRICSEND") || hasText(bytes, at, "LYRICS200")) return at + 9 - offset;
  }
  return bytes.length - offset;
}

/** Bytes of an ID3v1 tag ("TAG", 128 bytes) or its extension ("TAG+", 227) at `offset`; 0 if none. */
function id3v1Length(bytes: Uint8Array, offset: number): number {
  if (hasText(bytes, offset, "TAG+") && hasText(bytes, offset + 227, "TAG")) return 227;
  return hasText(bytes, offset, "TAG") && bytes.length - offset >= 128 ? 128 : 0;
}

/**
 * Skips tags and zeros in front of the sound: ID3v2 and APEv2, several if there are.
 *
 * @returns the offset of the first other byte; the file's length or more if the file ends within
 */
export function skipLeadingTags(bytes: Uint8Array): number {
  let offset = 0;
  for (;;) {
    const length = id3v2Length(bytes, offset) || apeLength(bytes, offset);
    offset += length;
    if (length > 0) continue;
    let zeros = offset;
    while (bytes[zeros] === 0) zeros++;
    const isMp4 = hasText(bytes, offset + 4, "ftyp");
    if (zeros === offset || isMp4) return offset;
    offset = zeros;
  }
}

/**
 * Skips tags and zeros behind the sound: ID3v1, ID3v2, APEv2 and Lyrics3, in any order.
 *
 * @returns the offset of the first byte that is none of these, at most the file's length
 */
export function skipTrailingTags(bytes: Uint8Array, start: number): number {
  let offset = start;
  while (offset < bytes.length) {
    const length =
      id3v1Length(bytes, offset) ||
      id3v2Length(bytes, offset) ||
      apeLength(bytes, offset) ||
      lyricsLength(bytes, offset);
    if (length > 0) offset += length;
    else if (bytes[offset] === 0) offset++;
    else return offset;
  }
  return bytes.length;
}

/**
 * Finds where tags at the very end of a file start, reading backwards: ID3v1, Lyrics3, APE tags
 * (also those without a header) and ID3v2 tags with a footer.
 */
export function startOfEndTags(bytes: Uint8Array): number {
  let end = bytes.length;
  for (;;) {
    const length = endTagLength(bytes, end);
    if (length === 0 || length > end) return end;
    end -= length;
  }
}

function endTagLength(bytes: Uint8Array, end: number): number {
  const view = viewOf(bytes);
  if (end >= 128 && hasText(bytes, end - 128, "TAG")) return 128;
  if (end >= 32 && hasText(bytes, end - 32, "APETAGEX")) {
    const hasHeader = (view.getUint32(end - 12, true) & 0x80000000) !== 0;
    return view.getUint32(end - 20, true) + (hasHeader ? 32 : 0);
  }
  if (end >= 15 && hasText(bytes, end - 9, "LYRICS200")) {
    const size = Number(String.fromCharCode(...bytes.subarray(end - 15, end - 9)));
    return Number.isInteger(size) ? size + 15 : 0;
  }
  if (end >= 10 && hasText(bytes, end - 10, "3DI")) return id3v2FooterLength(bytes, end - 10);
  return 0;
}

function id3v2FooterLength(bytes: Uint8Array, offset: number): number {
  let size = 0;
  for (let i = 6; i < 10; i++) size = size * 128 + (bytes[offset + i]! & 0x7f);
  return size + 20;
}
