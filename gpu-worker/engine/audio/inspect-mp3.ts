import { InputError } from "../input-error.ts";
import type { AudioFacts } from "./audio-facts.ts";
import { hasText, viewOf } from "./bytes.ts";
import { type Mp3Frame, mp3FrameAt } from "./mp3-frame.ts";

/** Encoder delay and padding that an info tag may ask a decoder to drop: 12 bits each. */
const MOST_TRIMMED = 2 * 4095;

/** Tags that end the audio. */
const TRAILERS = ["TAG", "APETAGEX", "LYRICSBEGIN", "ID3"];

/** Frames that the first frame's Xing or Info tag promises; null without such a tag. */
function promisedFrames(bytes: Uint8Array, first: Mp3Frame): number | null {
  const tag = first.mainData;
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
  const first = mp3FrameAt(bytes, 0);
  if (!first) throw new InputError("the mp3 file does not start with an audio frame");
  const fits = (offset: number) => {
    const frame = mp3FrameAt(bytes, offset);
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
