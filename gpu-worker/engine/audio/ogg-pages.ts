import { InputError } from "../input-error.ts";
import { hasText, viewOf } from "./bytes.ts";

export interface OggPage {
  /** Offset of the first byte after the segment table. */
  body: number;
  end: number;
  /** Position at the end of the page, in samples; -1 where no packet ends in it. */
  granule: number;
  /** Offsets of the packets that start in this page. */
  packets: number[];
}

const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;

/** Polynomial 0x04c11db7, not reflected (RFC 3533, section 6). */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let crc = i << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc >>> 0;
});

/** Checksum of a page, its own checksum field (bytes 22 to 25) counted as zero. */
function pageChecksum(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) {
    const own = i >= start + 22 && i < start + 26;
    crc = (crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ (own ? 0 : bytes[i]!)) & 0xff]!;
  }
  return crc >>> 0;
}

/**
 * The pages of the one stream in an Ogg file, up to the page that is marked as its last.
 *
 * @throws InputError where a page is cut off, damaged or missing, or belongs to another stream.
 */
export function oggPages(bytes: Uint8Array): OggPage[] {
  const view = viewOf(bytes);
  const truncated = () => new InputError("the ogg file is truncated: its last page is missing");
  const pages: OggPage[] = [];
  let serial = 0;
  for (let start = 0; ; ) {
    if (start + 27 > bytes.length) throw truncated();
    if (!hasText(bytes, start, "OggS") || bytes[start + 4] !== 0) {
      throw new InputError(`the ogg file is damaged: no page starts at byte ${start}`);
    }
    const flags = bytes[start + 5]!;
    const segments = bytes[start + 26]!;
    const body = start + 27 + segments;
    if (body > bytes.length) throw truncated();

    const packets: number[] = [];
    let end = body;
    let startsPacket = (flags & CONTINUED) === 0;
    for (let i = start + 27; i < body; i++) {
      if (startsPacket && bytes[i] !== 0) packets.push(end);
      startsPacket = bytes[i] !== 255;
      end += bytes[i]!;
    }
    if (end > bytes.length) throw truncated();
    if (pageChecksum(bytes, start, end) !== view.getUint32(start + 22, true)) {
      throw new InputError(`the ogg file is damaged: the page at byte ${start} fails its checksum`);
    }
    if (pages.length === 0) serial = view.getUint32(start + 14, true);
    const another = (flags & FIRST) !== 0 && pages.length > 0;
    if (another || view.getUint32(start + 14, true) !== serial) {
      throw new InputError("the ogg file holds several streams; extract the one audio stream");
    }
    if (view.getUint32(start + 18, true) !== pages.length) {
      throw new InputError(`the ogg file is damaged: page ${pages.length} is missing`);
    }
    pages.push({ body, end, granule: Number(view.getBigInt64(start + 6, true)), packets });
    if ((flags & LAST) !== 0) return pages;
    start = end;
  }
}
