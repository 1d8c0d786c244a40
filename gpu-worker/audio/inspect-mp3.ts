import { InputError } from "../input-error.ts";
import type { AudioFacts } from "./audio-facts.ts";
import { hasText, viewOf } from "./bytes.ts";

const KBIT_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBIT_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_MPEG1 = [44_100, 48_000, 32_000];

/** Encoder delay and padding that an info tag may ask a decoder to drop: 12 bits each. */
const MOST_TRIMMED = 2 * 4095;

/** Tags that end the audio. */
const TRAILERS = ["TAG", "APETAGEX", "LYRICSBEGIN", "ID3"];

interface Mp3Frame {
  bytes: number;
  samples: number;
  sampleRate: number;
  channels: number;
  mpeg1: boolean;
}

/** The layer III frame header at `offset` (ISO 11172-3, 2.4.1.3; 13818-3), or null. */
function frameAt(bytes: Uint8Array, offset: number): Mp3Frame | null {
  if (offset + 4 > bytes.length) return null;
  if (bytes[offset] !== 0xff || (bytes[offset + 1]! & 0xe6) !== 0xe2) return null;
  const version = (bytes[offset + 1]! >> 3) & 3;
  const kbitCode = bytes[offset + 2]! >> 4;
  const rateCode = (bytes[offset + 2]! >> 2) & 3;
  if (version === 1 || kbitCode === 0 || kbitCode === 15 || rateCode === 3) return null;
  const mpeg1 = version === 3;
  const sampleRate = RATES_MPEG1[rateCode]! / (mpeg1 ? 1 : version === 2 ? 2 : 4);
  const kbit = (mpeg1 ? KBIT_MPEG1 : KBIT_MPEG2)[kbitCode]!;
  const padding = (bytes[offset + 2]! >> 1) & 1;
  return {
    bytes: Math.floor(((mpeg1 ? 144 : 72) * kbit * 1000) / sampleRate) + padding,
    samples: mpeg1 ? 1152 : 576,
    sampleRate,
    channels: bytes[offset + 3]! >> 6 === 3 ? 1 : 2,
    mpeg1,
  };
}

/** Frames that the first frame's Xing or Info tag promises; null without such a tag. */
function promisedFrames(bytes: Uint8Array, first: Mp3Frame): number | null {
  const sideInformation = first.mpeg1
    ? first.channels === 1
      ? 17
      : 32
    : first.channels === 1
      ? 9
      : 17;
  const tag = 4 + sideInformation;
  if (!hasText(bytes, tag, "Xing") && !hasText(bytes, tag, "Info")) return null;
  if (tag + 12 > bytes.length || (bytes[tag + 7]! & 1) === 0) return null;
  return viewOf(bytes).getUint32(tag + 8);
}

/**
 * MPEG layer III: walks from frame to frame. Without an info tag, a file that was cut off exactly
 * between two frames cannot be told from a whole one.
 *
 * @throws InputError where the last frame is cut off, frames that the info tag promises are missing,
 *   or the bytes between frames are more than a tenth of the file.
 */
export function inspectMp3(bytes: Uint8Array): AudioFacts {
  const first = frameAt(bytes, 0);
  if (!first) throw new InputError("the mp3 file does not start with an audio frame");
  const fits = (offset: number) => {
    const frame = frameAt(bytes, offset);
    return frame && frame.mpeg1 === first.mpeg1 && frame.sampleRate === first.sampleRate
      ? frame
      : null;
  };
  const promised = promisedFrames(bytes, first);
  let frames = 0;
  let skipped = 0;
  let offset = 0;
  while (offset < bytes.length && !TRAILERS.some((text) => hasText(bytes, offset, text))) {
    const frame = fits(offset);
    if (!frame) {
      skipped++;
      offset++;
      continue;
    }
    frames++;
    offset += frame.bytes;
  }
  if (skipped > bytes.length / 10) {
    throw new InputError(`the mp3 file is damaged: ${skipped} of its bytes are not audio frames`);
  }
  const audioFrames = promised === null ? frames : frames - 1;
  if (offset > bytes.length || (promised !== null && audioFrames < promised)) {
    throw new InputError(
      `the mp3 file is truncated: it ends within frame ${frames}${promised === null ? "" : ` of ${promised}`}`,
    );
  }
  const samples = audioFrames * first.samples;
  return {
    sampleRate: first.sampleRate,
    channels: first.channels,
    samples,
    fewestSamples: Math.max(1, samples - MOST_TRIMMED - 2 * first.samples),
    payload: bytes.subarray(0, offset),
  };
}
