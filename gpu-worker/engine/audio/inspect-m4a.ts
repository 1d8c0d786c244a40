import { InputError } from "../input-error.ts";
import type { AudioFacts } from "./audio-facts.ts";
import { concatenate, hasText, viewOf } from "./bytes.ts";

interface Box {
  type: string;
  start: number;
  end: number;
}

/** Tables that a track has once at most, with the bytes of an entry: the fewest, of an edit list. */
const TABLES = { elst: 12, stsz: 4, stsc: 12, stts: 8, stco: 4, co64: 8 } as const;

const truncated = (what: string) => new InputError(`the m4a file is truncated or damaged: ${what}`);

function boxes(bytes: Uint8Array, from: number, to: number): Box[] {
  const view = viewOf(bytes);
  const found: Box[] = [];
  for (let start = from; start < to; ) {
    if (start + 8 > to) throw truncated(`the box at byte ${start} is cut off`);
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    let size = view.getUint32(start);
    if (size === 1) size = start + 16 <= to ? Number(view.getBigUint64(start + 8)) : 0;
    else if (size === 0) size = to - start;
    if (size < 8 || start + size > to) {
      throw truncated(`the box at byte ${start} has ${size} bytes, ${to - start} are there`);
    }
    found.push({ type, start, end: start + size });
    start += size;
  }
  return found;
}

/** Offsets of every `type` in the box, wherever it is nested. */
function search(bytes: Uint8Array, { start, end }: Box, type: string): number[] {
  const found: number[] = [];
  for (let i = start + 8; i + 4 <= end; i++) if (hasText(bytes, i, type)) found.push(i);
  return found;
}

/** Offset of the one `type` in the track; undefined where there is none. */
function only(bytes: Uint8Array, track: Box, type: string): number | undefined {
  const [first, second] = search(bytes, track, type);
  if (second !== undefined) throw truncated(`a track has several ${type} boxes`);
  return first;
}

/** Entries of a table, which must lie within the track (a huge count would exhaust memory). */
function tableEntries(bytes: Uint8Array, track: Box, type: keyof typeof TABLES): number {
  const at = only(bytes, track, type);
  if (at === undefined) return 0;
  const countAt = at + (type === "stsz" ? 12 : 8);
  if (countAt + 4 > track.end) throw truncated(`its ${type} table is cut off`);
  const count = viewOf(bytes).getUint32(countAt);
  const sameSize = type === "stsz" ? viewOf(bytes).getUint32(at + 8) : 0;
  const needed = sameSize > 0 ? count * sameSize : count * TABLES[type];
  const room = sameSize > 0 ? bytes.length : track.end - countAt - 4;
  if (needed > room) throw truncated(`its ${type} table promises ${count} entries`);
  return count;
}

/** Moves the chunk offsets that a track's table names. */
function shiftChunks(bytes: Uint8Array, track: Box, from: number, by: number): void {
  const view = viewOf(bytes);
  const narrow = only(bytes, track, "stco");
  const wide = only(bytes, track, "co64");
  for (let i = 0; i < tableEntries(bytes, track, "stco"); i++) {
    const at = narrow! + 12 + 4 * i;
    if (view.getUint32(at) < from) view.setUint32(at, view.getUint32(at) + by);
  }
  for (let i = 0; i < tableEntries(bytes, track, "co64"); i++) {
    const at = wide! + 12 + 8 * i;
    if (view.getBigUint64(at) < from) view.setBigUint64(at, view.getBigUint64(at) + BigInt(by));
  }
}

/** The index in front of the sound, so that the sound can be decoded piece by piece. */
function indexFirst(bytes: Uint8Array, index: Box, sound: Box, tracks: Box[]): Uint8Array {
  if (sound.start > index.start) return bytes;
  const copy = bytes.slice();
  for (const track of tracks) shiftChunks(copy, track, index.start, index.end - index.start);
  return concatenate([
    copy.subarray(index.start, index.end),
    copy.subarray(0, index.start),
    copy.subarray(index.end),
  ]);
}

/**
 * MPEG-4 audio with AAC: the index (`moov`) of a file that is not fragmented.
 *
 * @returns facts whose payload has the index first.
 * @throws InputError where a box is missing, cut off or contradicts the file, or the codec is not AAC.
 */
export function inspectM4a(bytes: Uint8Array): AudioFacts {
  const top = boxes(bytes, 0, bytes.length);
  if (top.some((box) => box.type === "moof")) {
    throw new InputError("the m4a file is fragmented; remux it to a plain m4a first");
  }
  const indices = top.filter((box) => box.type === "moov");
  const [index] = indices;
  if (!index || indices.length > 1) throw truncated("it needs exactly one moov box, its index");
  const sound = top.find((box) => box.type === "mdat");
  if (!sound) throw truncated("it has no mdat box, the sound");
  const tracks = boxes(bytes, index.start + 8, index.end).filter((box) => box.type === "trak");
  for (const track of tracks) {
    if (search(bytes, track, "trak").length > 0) throw truncated("a track lies within a track");
    for (const type of Object.keys(TABLES)) tableEntries(bytes, track, type as keyof typeof TABLES);
  }
  const audio = tracks.find((track) => {
    const [handler] = search(bytes, track, "hdlr");
    return handler !== undefined && hasText(bytes, handler + 12, "soun");
  });
  if (!audio) throw new InputError("the m4a file has no audio track");
  const media = only(bytes, audio, "mdhd");
  const entry = only(bytes, audio, "stsd");
  if (media === undefined || entry === undefined || entry + 52 > audio.end) {
    throw truncated("its audio track is not described");
  }
  if (!hasText(bytes, entry + 16, "mp4a")) {
    throw new InputError("the m4a file's audio is not AAC; convert it to AAC, mp3 or flac");
  }
  const view = viewOf(bytes);
  const wide = bytes[media + 4] === 1;
  const timescale = view.getUint32(media + (wide ? 24 : 16));
  const duration = wide ? Number(view.getBigUint64(media + 28)) : view.getUint32(media + 20);
  if (timescale === 0) throw truncated("its time scale is zero");
  const sampleRate = view.getUint16(entry + 44) || timescale;
  return {
    sampleRate,
    channels: view.getUint16(entry + 36),
    samples: Math.ceil((duration / timescale) * sampleRate),
    fewestSamples: 1,
    payload: indexFirst(bytes, index, sound, tracks),
  };
}
