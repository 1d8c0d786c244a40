import { hasText, textAt, viewOf } from "../bytes.ts";
import {
  damaged,
  damagedAt,
  formatPosition,
  severalStreams,
  truncated,
  unsupported,
} from "../faults.ts";
import { skipTrailingTags, startOfEndTags } from "../tags.ts";
import { isFreeFormat, type Mp3Frame, mp3FrameAt } from "./frame-header.ts";

/** Bytes in front of the first frame that are searched for it. */
const SEARCHED_BYTES = 65_536;

/** Frames in a row that tell sound from bytes that look like a header by chance. */
const FRAMES_IN_A_ROW = 3;

/** Samples that every layer III decoder delays the sound by. */
const DECODER_DELAY = 529;

/** All frames of a file and what its info tag says. */
export interface Mp3Frames {
  header: Mp3Frame;
  /** Offsets of the frames with sound. */
  offsets: number[];
  /** Samples to drop at the start and the end: delays of encoder and decoder, and padding. */
  skipped: { start: number; end: number };
}

/** Returns true if a run of layer III frames starts at `offset`, or ends the file. */
export function startsMp3(bytes: Uint8Array, offset: number): boolean {
  const first = mp3FrameAt(bytes, offset);
  if (!first) return false;
  let at = offset + first.bytes;
  for (let count = 1; count < FRAMES_IN_A_ROW && at < bytes.length; count++) {
    if (skipTrailingTags(bytes, at) === bytes.length) return true;
    const frame = mp3FrameAt(bytes, at);
    if (!frame || !fits(frame, first)) return false;
    at += frame.bytes;
  }
  return true;
}

/** Returns the offset of the first run of frames near the start; -1 if there is none. */
export function findFirstFrame(bytes: Uint8Array): number {
  const end = Math.min(bytes.length, SEARCHED_BYTES);
  for (let offset = 0; offset < end; offset++) if (startsMp3(bytes, offset)) return offset;
  return -1;
}

function fits(frame: Mp3Frame, first: Mp3Frame): boolean {
  return frame.mpeg1 === first.mpeg1 && frame.sampleRate === first.sampleRate;
}

/**
 * Walks from frame to frame. Damage can't be skipped without moving the sound behind it in time, so
 * any gap between frames is an error. Without an info tag, a file that was cut off exactly between
 * two frames looks complete.
 *
 * @throws InputError if a frame is damaged, cut off or missing, or another stream follows
 */
export function findMp3Frames(bytes: Uint8Array): Mp3Frames {
  if (isFreeFormat(bytes, 0)) throw unsupported("Free-format MP3");
  const start = findFirstFrame(bytes);
  if (start < 0) throw damaged("MP3", "it doesn't start with audio frames");
  const header = mp3FrameAt(bytes, start)!;
  const tag = readInfoTag(bytes, start, header);
  const offsets: number[] = [];
  const position = () => offsets.length * header.samples;
  const end = startOfEndTags(bytes);
  let offset = tag ? start + header.bytes : start;
  while (offset < end) {
    const frame = mp3FrameAt(bytes, offset);
    if (!frame) {
      const next = skipTrailingTags(bytes, offset);
      if (next >= end) break;
      if (startsMp3(bytes, next)) {
        throw bytes[offset] === 0
          ? damagedAt("MP3", position(), header.sampleRate)
          : severalStreams("MP3", "another MP3 file follows");
      }
      const isComplete = tag?.frames != null && offsets.length >= tag.frames;
      if (isComplete && !hasLaterFrames(bytes, offset, header)) break;
      throw damagedAt("MP3", position(), header.sampleRate);
    }
    if (!fits(frame, header) || frame.channels !== header.channels) {
      throw startsMp3(bytes, offset)
        ? severalStreams("MP3", "its sample rate or number of channels changes")
        : damagedAt("MP3", position(), header.sampleRate);
    }
    if (offset + frame.bytes > bytes.length) break;
    if (readInfoTag(bytes, offset, frame)) {
      throw severalStreams("MP3", "another MP3 file follows");
    }
    offsets.push(offset);
    offset += frame.bytes;
  }
  checkCount(bytes, offset, end, offsets.length, header, tag);
  return { header, offsets, skipped: skippedSamples(tag) };
}

function hasLaterFrames(bytes: Uint8Array, from: number, header: Mp3Frame): boolean {
  for (let at = from; at + 4 < bytes.length; at++) {
    const frame = mp3FrameAt(bytes, at);
    if (frame && fits(frame, header) && startsMp3(bytes, at)) return true;
  }
  return false;
}

/** @throws InputError if the last frame is cut off, or the info tag announces more or fewer frames */
function checkCount(
  bytes: Uint8Array,
  offset: number,
  end: number,
  count: number,
  { samples, sampleRate }: Mp3Frame,
  tag: InfoTag | null,
): void {
  const at = formatPosition(count * samples, sampleRate);
  const isCutOff = offset < end && mp3FrameAt(bytes, offset) !== null;
  if (isCutOff || count === 0 || bytes.length - offset < 0) {
    throw truncated("MP3", `it ends within a frame at ${at}`);
  }
  if (tag?.frames == null) return;
  if (count < tag.frames) {
    throw truncated("MP3", `it ends at ${at}, after ${count} of ${tag.frames} frames`);
  }
  // Some writers count the tag's own frame.
  if (count > tag.frames + 1) {
    throw severalStreams("MP3", `more sound follows the ${tag.frames} frames that it announces`);
  }
}

interface InfoTag {
  /** Frames of sound; null if the tag doesn't say. */
  frames: number | null;
  /** Samples before and after the sound; null if the tag doesn't say. */
  delay: number | null;
  padding: number;
}

/** Reads the Xing, Info or VBRI tag of a frame; null for a frame of sound. */
function readInfoTag(bytes: Uint8Array, offset: number, frame: Mp3Frame): InfoTag | null {
  const view = viewOf(bytes);
  const vbri = offset + 36;
  if (hasText(bytes, vbri, "VBRI") && vbri + 18 <= bytes.length) {
    return { frames: view.getUint32(vbri + 14), delay: null, padding: 0 };
  }
  const tag = offset + frame.mainData;
  if (!hasText(bytes, tag, "Xing") && !hasText(bytes, tag, "Info")) return null;
  if (tag + 8 > bytes.length) return { frames: null, delay: null, padding: 0 };
  const flags = view.getUint32(tag + 4);
  const frames = (flags & 1) !== 0 && tag + 12 <= bytes.length ? view.getUint32(tag + 8) : null;
  const lame =
    tag +
    8 +
    (flags & 1 ? 4 : 0) +
    (flags & 2 ? 4 : 0) +
    (flags & 4 ? 100 : 0) +
    (flags & 8 ? 4 : 0);
  const fitsInFrame = lame + 24 <= offset + frame.bytes && lame + 24 <= bytes.length;
  if (!fitsInFrame || !/^[A-Z][\w.]{3}/i.test(textAt(bytes, lame, 4))) {
    return { frames, delay: null, padding: 0 };
  }
  const delay = (bytes[lame + 21]! << 4) | (bytes[lame + 22]! >> 4);
  const padding = ((bytes[lame + 22]! & 15) << 8) | bytes[lame + 23]!;
  return { frames, delay, padding };
}

function skippedSamples(tag: InfoTag | null): { start: number; end: number } {
  if (tag?.delay == null) return { start: 0, end: 0 };
  return {
    start: tag.delay + DECODER_DELAY,
    end: Math.max(0, tag.padding - DECODER_DELAY),
  };
}
