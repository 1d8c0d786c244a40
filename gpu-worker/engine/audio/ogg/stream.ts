import { InputError } from "../../input-error.ts";
import { concatenate, hasText, textAt, viewOf } from "../bytes.ts";
import { damaged, formatPosition, severalStreams, truncated, unsupported } from "../faults.ts";
import { skipTrailingTags } from "../tags.ts";

/** More than 15 minutes of any codec have. A packet may be a single byte, so memory needs a limit. */
const MAX_PACKETS = 1_000_000;

const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;

export interface OggPage {
  /** Position at the end of the page in samples; -1 if no packet ends in it. */
  granule: number;
  /** Packets of the stream that are complete at the end of this page. */
  completedPackets: number;
  isLast: boolean;
}

/** One logical stream. */
export interface OggStream {
  serial: number;
  packets: { bytes: Uint8Array }[];
  pages: OggPage[];
}

export type OggCodec = "opus" | "vorbis" | "flac";

/** First bytes of a stream's first packet. */
const CODECS: readonly { magic: string; name: string; codec?: OggCodec }[] = [
  { magic: "OpusHead", name: "Opus", codec: "opus" },
  { magic: "\x01vorbis", name: "Vorbis", codec: "vorbis" },
  { magic: "\x7fFLAC", name: "FLAC", codec: "flac" },
  { magic: "Speex   ", name: "Speex" },
  { magic: "\x80theora", name: "Theora" },
  { magic: "BBCD", name: "Dirac" },
  { magic: "\x80kate", name: "Kate" },
  { magic: "PCM     ", name: "PCM" },
  { magic: "CELT    ", name: "CELT" },
  { magic: "\x01video", name: "OGM video" },
];

/** A stream of descriptions (Ogg Skeleton), which holds no sound. */
const SKELETON = "fishead";

/** Polynomial 0x04c11db7, not reflected (RFC 3533, section 6). */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let crc = i << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc >>> 0;
});

/** Checksum of a page; its own checksum field (bytes 22 to 25) counts as zero. */
function pageChecksum(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) {
    const own = i >= start + 22 && i < start + 26;
    crc = (crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ (own ? 0 : bytes[i]!)) & 0xff]!;
  }
  return crc >>> 0;
}

/** Assembles the packets of one stream. */
interface Assembly extends OggStream {
  sequence: number;
  isFinished: boolean;
  /** Parts of the packet that continues on the next page. */
  pending: Uint8Array[] | null;
}

/**
 * Reads the one audio stream of an Ogg file (RFC 3533). Zeros between pages and a missing
 * end-of-stream flag are accepted.
 *
 * @throws InputError if a page is damaged, cut off or missing, the file holds several streams, or the
 *   codec isn't supported
 */
export function readOgg(bytes: Uint8Array): { codec: OggCodec; stream: OggStream } {
  const view = viewOf(bytes);
  const streams: Assembly[] = [];
  let count = 0;
  for (let start = 0; start < bytes.length; ) {
    start = nextPage(bytes, start, streams);
    if (start >= bytes.length) break;
    const body = start + 27 + (bytes[start + 26] ?? 0);
    if (start + 27 > bytes.length || body > bytes.length) throw cutOff(streams);
    let end = body;
    for (let i = start + 27; i < body; i++) end += bytes[i]!;
    if (end > bytes.length) throw cutOff(streams);
    if (pageChecksum(bytes, start, end) !== view.getUint32(start + 22, true)) {
      throw damagedIn(streams);
    }
    const flags = bytes[start + 5]!;
    const serial = view.getUint32(start + 14, true);
    let stream = streams.find((each) => each.serial === serial && !each.isFinished);
    if ((flags & FIRST) !== 0) {
      if (stream) stream.isFinished = true;
      stream = {
        serial,
        packets: [],
        pages: [],
        sequence: view.getUint32(start + 18, true),
        isFinished: false,
        pending: null,
      };
      streams.push(stream);
      checkStreams(bytes, body, streams);
    }
    if (!stream || view.getUint32(start + 18, true) !== stream.sequence) throw damagedIn(streams);
    stream.sequence++;
    addPackets(bytes, start + 27, body, stream, (flags & CONTINUED) !== 0);
    count += bytes[start + 26]!;
    if (count > MAX_PACKETS) {
      throw new InputError(
        `The Ogg file has more than ${MAX_PACKETS} packets. Encode it again or use an excerpt.`,
      );
    }
    const isLast = (flags & LAST) !== 0;
    stream.isFinished = isLast;
    const granule = Number(view.getBigInt64(start + 6, true));
    stream.pages.push({ granule, completedPackets: stream.packets.length, isLast });
    start = end;
  }
  const stream = streams.find((each) => codecOf(each) !== SKELETON);
  if (!stream) throw truncated("Ogg", "its first page is missing");
  if (stream.pending) throw cutOff(streams);
  const head = stream.packets[0]?.bytes ?? new Uint8Array();
  const codec = CODECS.find(({ magic }) => hasText(head, 0, magic))?.codec;
  if (!codec) throw unsupported(`An Ogg file with ${codecOf(stream)}`);
  return { codec, stream };
}

/** Skips zeros between pages, and tags and remains behind the last one. */
function nextPage(bytes: Uint8Array, start: number, streams: readonly Assembly[]): number {
  if (hasText(bytes, start, "OggS") && bytes[start + 4] === 0) return start;
  let offset = start;
  while (bytes[offset] === 0) offset++;
  if (offset >= bytes.length || hasText(bytes, offset, "OggS")) return offset;
  if (skipTrailingTags(bytes, offset) === bytes.length) return bytes.length;
  const isComplete = streams.length > 0 && streams.every((stream) => stream.isFinished);
  if (isComplete && !hasLaterPage(bytes, offset)) return bytes.length;
  const rest = textAt(bytes, offset, 4);
  throw rest.length < 4 && "OggS".startsWith(rest) ? cutOff(streams) : damagedIn(streams);
}

function hasLaterPage(bytes: Uint8Array, start: number): boolean {
  for (let at = start; at + 27 <= bytes.length; at++) if (hasText(bytes, at, "OggS")) return true;
  return false;
}

function addPackets(
  bytes: Uint8Array,
  table: number,
  body: number,
  stream: Assembly,
  isContinued: boolean,
): void {
  // A continued packet whose start is missing is left out; so is a start without continuation.
  let isSkipped = isContinued && !stream.pending;
  if (!isContinued) stream.pending = null;
  let start = body;
  let end = body;
  for (let i = table; i < body; i++) {
    end += bytes[i]!;
    if (bytes[i] === 255) continue;
    const part = bytes.subarray(start, end);
    const packet = stream.pending ? concatenate([...stream.pending, part]) : part;
    if (!isSkipped) stream.packets.push({ bytes: packet });
    isSkipped = false;
    stream.pending = null;
    start = end;
  }
  if (end > start || bytes[body - 1] === 255) {
    stream.pending = [...(stream.pending ?? []), bytes.subarray(start, end)];
  }
}

/** @throws InputError if a further stream starts or its codec isn't supported */
function checkStreams(bytes: Uint8Array, body: number, streams: readonly Assembly[]): void {
  const audible = streams.filter((each) => codecOf(each) !== SKELETON);
  const isSkeleton = hasText(bytes, body, SKELETON);
  const name = CODECS.find(({ magic }) => hasText(bytes, body, magic))?.name ?? "unknown data";
  const others = audible.filter((each) => each.packets.length > 0);
  if (others.length > 0 && !isSkeleton) {
    const names = others.map((each) => codecOf(each)).concat(name);
    const isChained = others.some((each) => each.isFinished || each.pages.length > 1);
    throw severalStreams(
      "Ogg",
      isChained ? `${names.join(" then ")}, one after another` : names.join(" and "),
    );
  }
}

function codecOf({ packets }: OggStream): string {
  const [head] = packets;
  if (!head) return "";
  if (hasText(head.bytes, 0, SKELETON)) return SKELETON;
  return CODECS.find(({ magic }) => hasText(head.bytes, 0, magic))?.name ?? "unknown data";
}

/** The position up to which the audio stream is intact, for messages; "" if it is unknown. */
function intactUpTo(streams: readonly OggStream[]): string {
  const stream = streams.find((each) => codecOf(each) !== SKELETON);
  const head = stream?.packets[0]?.bytes;
  const granule = stream?.pages.findLast((page) => page.granule >= 0)?.granule ?? 0;
  if (!stream || !head) return "";
  if (hasText(head, 0, "OpusHead")) return formatPosition(granule, 48_000);
  if (hasText(head, 0, "\x01vorbis") && head.length >= 16) {
    return formatPosition(granule, viewOf(head).getUint32(12, true));
  }
  return hasText(head, 0, "\x7fFLAC") && head.length >= 31
    ? formatPosition(granule, viewOf(head).getUint32(27) >>> 12)
    : "";
}

function damagedIn(streams: readonly OggStream[]): InputError {
  const position = intactUpTo(streams);
  return position
    ? new InputError(`The Ogg file is damaged at ${position}. Export or download it again.`)
    : damaged("Ogg", "a page is malformed");
}

function cutOff(streams: readonly OggStream[]): InputError {
  const position = intactUpTo(streams);
  return truncated("Ogg", position ? `it ends after ${position}` : "its last page is cut off");
}
