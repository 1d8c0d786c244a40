import { hasText, textAt, viewOf } from "../bytes.ts";
import { damaged, severalStreams, unsupported } from "../faults.ts";
import {
  type Box,
  childrenOf,
  FILE,
  findBox,
  readBoxes,
  requireBox,
  TableReader,
} from "./boxes.ts";

/** A part of the media that is played (an entry of the edit list). */
export interface Edit {
  /** Length in units of the movie's time scale; 0 for the rest of the media. */
  duration: number;
  /** Start in the media, in units of its time scale; -1 for silence. */
  mediaTime: number;
}

/** The audio track of a file. */
export interface M4aTrack {
  codec: "aac" | "flac" | "alac";
  /** Decoder configuration: AudioSpecificConfig, STREAMINFO or the ALAC magic cookie. */
  config: Uint8Array;
  /** Units per second of the media's and of the movie's times. */
  timescale: number;
  movieTimescale: number;
  edits: Edit[];
  /** Offset and bytes of each coded frame, in order. */
  frames: { offset: number; size: number }[];
  /** Samples before and after the sound that the iTunSMPB tag tells to drop; null without tag. */
  gapless: { delay: number; samples: number } | null;
}

/** Names of sample entries that aren't decoded. */
const CODECS: Readonly<Record<string, string>> = {
  "ac-3": "AC-3 (Dolby Digital)",
  "ec-3": "E-AC-3 (Dolby Digital Plus)",
  "ac-4": "AC-4",
  ".mp3": "MP3 in MP4",
  Opus: "Opus in MP4",
  samr: "AMR",
  sawb: "AMR wideband",
  sowt: "PCM in MP4",
  twos: "PCM in MP4",
  lpcm: "PCM in MP4",
  ipcm: "PCM in MP4",
  dtsc: "DTS",
  mlpa: "Dolby TrueHD",
  drms: "DRM-protected audio",
  enca: "Encrypted audio",
};

/** Names of object type indications in an mp4a entry. */
const OBJECT_TYPES: Readonly<Record<number, string>> = {
  105: "MP3 in MP4",
  107: "MP3 in MP4",
  165: "AC-3 in MP4",
  169: "DTS in MP4",
  221: "Vorbis in MP4",
};

/**
 * Reads the index of a file that isn't fragmented and finds its one audio track.
 *
 * @throws InputError if a box is missing or malformed, the codec isn't supported, or there are
 *   several audio tracks
 */
export function readTrack(bytes: Uint8Array): M4aTrack {
  const top = readBoxes(bytes, 0, bytes.length);
  if (top.some(({ type }) => type === "moof")) throw unsupported("A fragmented MP4 file");
  const [movie, second] = top.filter(({ type }) => type === "moov");
  if (!movie) throw damaged(FILE, "it has no index (moov box)");
  if (second) throw severalStreams(FILE, "it has two indices");
  const tracks = childrenOf(bytes, movie)
    .filter(({ type }) => type === "trak")
    .filter((track) => {
      const handler = findBox(bytes, track, "mdia", "hdlr");
      return handler && hasText(bytes, handler.start + 8, "soun");
    });
  const [track] = tracks;
  if (!track) throw damaged(FILE, "it has no audio track");
  if (tracks.length > 1) throw severalStreams(FILE, `${tracks.length} audio tracks`);
  const table = requireBox(bytes, track, "mdia", "minf", "stbl");
  const { codec, config } = readSampleEntry(bytes, requireBox(bytes, table, "stsd"));
  const timescale = readTimescale(bytes, requireBox(bytes, track, "mdia", "mdhd"));
  const movieHeader = findBox(bytes, movie, "mvhd");
  return {
    codec,
    config,
    timescale,
    movieTimescale: movieHeader ? readTimescale(bytes, movieHeader) : timescale,
    edits: readEdits(bytes, findBox(bytes, track, "edts", "elst")),
    frames: readFrames(bytes, table),
    gapless: readGapless(bytes, movie),
  };
}

function readTimescale(bytes: Uint8Array, box: Box): number {
  const table = new TableReader(bytes, box);
  table.skip(table.version === 1 ? 16 : 8);
  const timescale = table.read(4);
  if (timescale === 0) throw damaged(FILE, "its time scale is zero");
  return timescale;
}

function readSampleEntry(bytes: Uint8Array, box: Box): Pick<M4aTrack, "codec" | "config"> {
  const entries = childrenOf(bytes, box, 8);
  const [entry] = entries;
  if (!entry) throw damaged(FILE, "its codec isn't described");
  if (entries.length > 1) throw severalStreams(FILE, "its codec changes");
  const { type, start, end } = entry;
  // QuickTime's versions 1 and 2 of the entry have more fields in front of the boxes.
  const version = viewOf(bytes).getUint16(start + 8);
  const skipped = 28 + (version === 1 ? 16 : version === 2 ? 36 : 0);
  if (start + skipped > end) throw damaged(FILE, "its codec description is cut off");
  const boxes = childrenOf(bytes, entry, skipped);
  const inner = (name: string) => {
    const wave = boxes.find((child) => child.type === "wave");
    const found = boxes.find((child) => child.type === name);
    return found ?? (wave && findBox(bytes, wave, name));
  };
  if (type === "mp4a") {
    const descriptor = inner("esds");
    if (!descriptor) throw damaged(FILE, "its AAC configuration is missing");
    return {
      codec: "aac",
      config: readDescriptor(bytes.subarray(descriptor.start + 4, descriptor.end)),
    };
  }
  const flac = type === "fLaC" && inner("dfLa");
  if (flac) return { codec: "flac", config: bytes.subarray(flac.start + 4, flac.end) };
  const alac = type === "alac" && inner("alac");
  if (alac) return { codec: "alac", config: bytes.subarray(alac.start + 4, alac.end) };
  throw unsupported(CODECS[type] ?? `"${type.trim()}" audio in MP4`);
}

/** Finds the decoder configuration in an elementary stream descriptor (ISO 14496-1). */
function readDescriptor(bytes: Uint8Array): Uint8Array {
  let at = 0;
  const readHeader = (tag: number): number => {
    if (bytes[at] !== tag) throw damaged(FILE, "its AAC configuration is malformed");
    at++;
    let length = 0;
    for (let i = 0; i < 4; i++) {
      const byte = bytes[at++] ?? 0;
      length = length * 128 + (byte & 0x7f);
      if ((byte & 0x80) === 0) break;
    }
    return length;
  };
  readHeader(3);
  const flags = bytes[at + 2] ?? 0;
  at +=
    3 +
    (flags & 0x80 ? 2 : 0) +
    (flags & 0x40 ? 1 + (bytes[at + 3] ?? 0) : 0) +
    (flags & 0x20 ? 2 : 0);
  readHeader(4);
  const objectType = bytes[at] ?? 0;
  const isAac = objectType === 0x40 || (objectType >= 0x66 && objectType <= 0x68);
  if (!isAac) throw unsupported(OBJECT_TYPES[objectType] ?? `MP4 audio of type ${objectType}`);
  at += 13;
  const length = readHeader(5);
  if (length < 2 || at + length > bytes.length) {
    throw damaged(FILE, "its AAC configuration is malformed");
  }
  return bytes.subarray(at, at + length);
}

function readEdits(bytes: Uint8Array, box: Box | undefined): Edit[] {
  if (!box) return [];
  const table = new TableReader(bytes, box);
  const isWide = table.version === 1;
  const edits: Edit[] = [];
  for (let i = table.readCount(isWide ? 20 : 12); i > 0; i--) {
    const duration = table.read(isWide ? 8 : 4);
    const mediaTime = table.readSigned(isWide ? 8 : 4);
    const rate = table.read(4);
    if (rate !== 0x10000 && mediaTime >= 0) throw unsupported("An MP4 file with changed speed");
    edits.push({ duration, mediaTime });
  }
  return edits;
}

/** Combines the sample tables into the place of every frame. */
function readFrames(bytes: Uint8Array, table: Box): M4aTrack["frames"] {
  const sizes = readSizes(bytes, table);
  const chunks = readChunkOffsets(bytes, table);
  const toChunk = new TableReader(bytes, requireBox(bytes, table, "stsc"));
  const runs = Array.from({ length: toChunk.readCount(12) }, () => {
    const run = { first: toChunk.read(4), samples: toChunk.read(4) };
    toChunk.skip(4);
    return run;
  });
  const frames: M4aTrack["frames"] = [];
  for (let run = 0, chunk = 1; chunk <= chunks.length && frames.length < sizes.length; chunk++) {
    while (run + 1 < runs.length && runs[run + 1]!.first <= chunk) run++;
    let offset = chunks[chunk - 1]!;
    for (let i = runs[run]?.samples ?? 0; i > 0 && frames.length < sizes.length; i--) {
      const size = sizes(frames.length);
      frames.push({ offset, size });
      offset += size;
    }
  }
  if (frames.length < sizes.length) throw damaged(FILE, "its index leaves frames out");
  return frames;
}

type Sizes = ((index: number) => number) & { length: number };

function readSizes(bytes: Uint8Array, table: Box): Sizes {
  const plain = findBox(bytes, table, "stsz");
  const reader = new TableReader(bytes, plain ?? requireBox(bytes, table, "stz2"));
  const same = plain ? reader.read(4) : 0;
  const fieldBits = plain ? 32 : reader.read(4) & 0xff;
  let count: number;
  let sizeOf: (index: number) => number;
  if (same > 0) {
    count = reader.read(4);
    if (count * same > bytes.length) throw damaged(FILE, `its index promises ${count} frames`);
    sizeOf = () => same;
  } else if (fieldBits === 4) {
    count = reader.readCount(0.5);
    const packed = Array.from({ length: Math.ceil(count / 2) }, () => reader.read(1));
    sizeOf = (index) => (packed[index >> 1]! >> (index % 2 === 0 ? 4 : 0)) & 15;
  } else {
    const width = fieldBits === 8 ? 1 : fieldBits === 16 ? 2 : 4;
    count = reader.readCount(width);
    const sizes = Array.from({ length: count }, () => reader.read(width));
    sizeOf = (index) => sizes[index]!;
  }
  return Object.defineProperty(sizeOf, "length", { value: count }) as Sizes;
}

function readChunkOffsets(bytes: Uint8Array, table: Box): number[] {
  const narrow = findBox(bytes, table, "stco");
  const reader = new TableReader(bytes, narrow ?? requireBox(bytes, table, "co64"));
  const width = narrow ? 4 : 8;
  return Array.from({ length: reader.readCount(width) }, () => reader.read(width));
}

/** Reads iTunes's gapless tag: delay, padding and samples in hexadecimal. */
function readGapless(bytes: Uint8Array, movie: Box): M4aTrack["gapless"] {
  const meta = findBox(bytes, movie, "udta", "meta");
  if (!meta) return null;
  const list = childrenOf(bytes, meta, 4).find(({ type }) => type === "ilst");
  for (const item of list ? childrenOf(bytes, list) : []) {
    if (item.type !== "----") continue;
    const name = findBox(bytes, item, "name");
    const data = findBox(bytes, item, "data");
    if (!name || !data || !hasText(bytes, name.start + 4, "iTunSMPB")) continue;
    const text = textAt(bytes, data.start + 8, Math.min(200, data.end - data.start - 8));
    const [, delay, , samples] = text
      .trim()
      .split(/\s+/)
      .map((field) => Number.parseInt(field, 16));
    if (delay !== undefined && samples !== undefined && samples > 0) return { delay, samples };
  }
  return null;
}
