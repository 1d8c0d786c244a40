import { hasText, viewOf } from "../bytes.ts";
import { damaged, damagedAt, formatPosition, severalStreams, truncated } from "../faults.ts";
import { skipTrailingTags, startOfEndTags } from "../tags.ts";

/** Contents of the STREAMINFO block (RFC 9639, section 8.2). */
export interface StreamInfo {
  /** Hz. */
  sampleRate: number;
  channels: number;
  bitsPerSample: number;
  /** Samples per channel; 0 if the encoder didn't know. */
  totalSamples: number;
  /** Samples of a frame in streams of fixed block size. */
  maxBlockSize: number;
}

/** The header of a frame (RFC 9639, section 9.1), and where the frame ends. */
export interface FlacFrame {
  /** Byte offset of the header, and of the first subframe. */
  offset: number;
  body: number;
  /** Offset of the first byte after the frame. */
  end: number;
  blockSize: number;
  /** 0 to 7: independent channels, their number - 1; 8 to 10: left/side, side/right, mid/side. */
  assignment: number;
  bitsPerSample: number;
}

type Header = Omit<FlacFrame, "end"> & {
  /** Frame number, or number of the first sample in streams of variable block size. */
  number: number;
  isVariable: boolean;
};

const BITS: readonly number[] = [0, 8, 12, -1, 16, 20, 24, 32];
const RATES: readonly number[] = [
  0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];

function crcTable(bits: 8 | 16, polynomial: number): Uint16Array {
  const top = 1 << (bits - 1);
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (bits - 8);
    for (let i = 0; i < 8; i++) crc = (crc & top) === 0 ? crc << 1 : (crc << 1) ^ polynomial;
    return crc & ((1 << bits) - 1);
  });
}

const CRC8 = crcTable(8, 0x07);
const CRC16 = crcTable(16, 0x8005);

/** CRC-16 of bytes; 0 over a whole frame, whose last two bytes are the CRC of the others. */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ bytes[i]!]!;
  return crc;
}

/**
 * Reads STREAMINFO and skips the other metadata blocks.
 *
 * @returns the stream's properties and the offset of the first frame
 * @throws InputError if STREAMINFO is missing or the file ends within the metadata
 */
export function readFlacMetadata(bytes: Uint8Array): { info: StreamInfo; start: number } {
  if (bytes.length < 42 || (bytes[4]! & 0x7f) !== 0) {
    throw damaged("FLAC", "it has no STREAMINFO block");
  }
  const view = viewOf(bytes);
  const info = {
    maxBlockSize: view.getUint16(10),
    sampleRate: view.getUint32(18) >>> 12,
    channels: ((bytes[20]! >> 1) & 7) + 1,
    bitsPerSample: (((bytes[20]! & 1) << 4) | (bytes[21]! >> 4)) + 1,
    totalSamples: (bytes[21]! & 15) * 2 ** 32 + view.getUint32(22),
  };
  for (let offset = 4; offset + 4 <= bytes.length; ) {
    const isLast = (bytes[offset]! & 0x80) !== 0;
    offset += 4 + (view.getUint32(offset) & 0xffffff);
    if (isLast && offset < bytes.length) return { info, start: offset };
  }
  throw truncated("FLAC", "it ends within its metadata");
}

/** Reads the frame header at `offset`; null if there is none that fits the stream. */
function headerAt(bytes: Uint8Array, offset: number, info: StreamInfo): Header | null {
  if (bytes[offset] !== 0xff || (bytes[offset + 1]! & 0xfe) !== 0xf8) return null;
  const sizeCode = bytes[offset + 2]! >> 4;
  const rateCode = bytes[offset + 2]! & 15;
  const assignment = bytes[offset + 3]! >> 4;
  const bitsCode = (bytes[offset + 3]! >> 1) & 7;
  if (sizeCode === 0 || rateCode === 15 || assignment > 10 || bitsCode === 3) return null;
  let at = offset + 4;
  const leading = Math.clz32((~bytes[at]! & 0xff) << 24);
  if (leading === 1 || leading > 7) return null;
  let number = leading === 0 ? bytes[at]! : bytes[at]! & (0x7f >> leading);
  for (let i = 1; i < leading; i++) number = number * 64 + (bytes[at + i]! & 0x3f);
  at += Math.max(1, leading);
  let blockSize = sizeCode === 1 ? 192 : sizeCode <= 5 ? 144 << sizeCode : 1 << sizeCode;
  if (sizeCode === 6) blockSize = bytes[at++]! + 1;
  if (sizeCode === 7) {
    blockSize = bytes[at]! * 256 + bytes[at + 1]! + 1;
    at += 2;
  }
  let sampleRate = RATES[rateCode] || info.sampleRate;
  if (rateCode === 12) sampleRate = bytes[at++]! * 1000;
  if (rateCode > 12) {
    sampleRate = (bytes[at]! * 256 + bytes[at + 1]!) * (rateCode === 13 ? 1 : 10);
    at += 2;
  }
  if (at >= bytes.length) return null;
  let crc = 0;
  for (let i = offset; i < at; i++) crc = CRC8[crc ^ bytes[i]!]!;
  if (crc !== bytes[at]) return null;
  const channels = assignment < 8 ? assignment + 1 : 2;
  const bitsPerSample = BITS[bitsCode] || info.bitsPerSample;
  if (channels !== info.channels || bitsPerSample !== info.bitsPerSample) return null;
  if (sampleRate !== info.sampleRate && info.sampleRate !== 0) return null;
  const isVariable = (bytes[offset + 1]! & 1) === 1;
  return { offset, body: at + 1, number, isVariable, blockSize, assignment, bitsPerSample };
}

/**
 * Finds all frames by their CRCs and numbers, since sync codes occur in the data, too. A few bytes
 * can stand for 65,535 samples, so the frames are counted whatever STREAMINFO says.
 *
 * @throws InputError if a frame is damaged, cut off or missing, or another stream follows
 */
export function findFlacFrames(bytes: Uint8Array, info: StreamInfo, start: number): FlacFrame[] {
  const frames: FlacFrame[] = [];
  const limit = Math.max(start, startOfEndTags(bytes));
  const damage = () => damagedAt("FLAC", samples, info.sampleRate);
  let samples = 0;
  let header = headerAt(bytes, start, info);
  if (!header) throw damage();
  for (;;) {
    const found = findEnd(bytes, header, limit, info);
    if (!found) {
      if (hasHeader(bytes, header.body, limit, info, header.number)) throw damage();
      throw truncated("FLAC", `it ends at ${formatPosition(samples, info.sampleRate)}`);
    }
    const { offset, body, blockSize, assignment, bitsPerSample } = header;
    frames.push({ offset, body, end: found.end, blockSize, assignment, bitsPerSample });
    samples += blockSize;
    if (!found.next) {
      checkTail(bytes, found.end, limit, samples, info);
      return frames;
    }
    const expected = header.number + (header.isVariable ? blockSize : 1);
    if (found.next.number !== expected || found.next.isVariable !== header.isVariable) {
      throw found.next.number === 0
        ? severalStreams("FLAC", "another stream follows the first")
        : damage();
    }
    header = found.next;
  }
}

/**
 * Finds the end of a frame: its CRC fits, and a header follows, or tags, zeros or nothing to the end
 * of the file. Otherwise the first place where the CRC fits.
 */
function findEnd(
  bytes: Uint8Array,
  { offset, body }: Header,
  limit: number,
  info: StreamInfo,
): { end: number; next: Header | null } | null {
  let crc = crc16(bytes, offset, body);
  let first: number | null = null;
  for (let end = body; end <= limit; end++) {
    if (crc === 0 && end > body + 2) {
      const next = headerAt(bytes, end, info);
      if (next) return { end, next };
      if (skipTrailingTags(bytes, end) >= limit || hasText(bytes, end, "fLaC")) {
        return { end, next: null };
      }
      first ??= end;
    }
    if (end < limit) crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ bytes[end]!]!;
  }
  return first === null ? null : { end: first, next: null };
}

/** Returns true if a later frame of the stream starts between the offsets. */
function hasHeader(
  bytes: Uint8Array,
  from: number,
  to: number,
  info: StreamInfo,
  after: number,
): boolean {
  for (let at = from; at < to; at++) {
    const header = headerAt(bytes, at, info);
    if (header && header.number > after) return true;
  }
  return false;
}

/** @throws InputError if what follows the last frame isn't a tag and sound may be missing */
function checkTail(
  bytes: Uint8Array,
  end: number,
  limit: number,
  samples: number,
  info: StreamInfo,
): void {
  if (hasText(bytes, end, "fLaC")) throw severalStreams("FLAC", "another FLAC file follows");
  const isKnown = skipTrailingTags(bytes, end) >= limit;
  const isComplete = info.totalSamples > 0 && samples >= info.totalSamples;
  if (!isKnown && (!isComplete || hasHeader(bytes, end, limit, info, 0))) {
    throw damagedAt("FLAC", samples, info.sampleRate);
  }
  if (samples < info.totalSamples) {
    throw truncated(
      "FLAC",
      `it ends at ${formatPosition(samples, info.sampleRate)}, ${samples} of ${info.totalSamples} samples`,
    );
  }
}
