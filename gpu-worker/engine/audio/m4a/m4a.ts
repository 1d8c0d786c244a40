import { InputError } from "../../input-error.ts";
import { type Audio, sampleCount } from "../audio.ts";
import { concatenate } from "../bytes.ts";
import { damaged, damagedAt, formatPosition, truncated, unsupported } from "../faults.ts";
import { decodeFlac } from "../flac/flac.ts";
import { type AudioLimits, checkShape } from "../limits.ts";
import { AAC_FRAME_SAMPLES, createAacDecoder } from "./aac.ts";
import { readAacConfig } from "./aac-config.ts";
import { AacSyntaxError } from "./aac-stream.ts";
import { FILE } from "./boxes.ts";
import { type M4aTrack, readTrack } from "./track.ts";

/**
 * Decodes the audio track of an MP4 file: AAC-LC or FLAC. Edit lists and iTunes's gapless tag are
 * applied.
 *
 * @throws InputError if the index or a frame is damaged or cut off, the codec isn't supported, or the
 *   file holds several audio tracks
 */
export function decodeM4a(bytes: Uint8Array, limits: AudioLimits): Audio {
  const track = readTrack(bytes);
  if (track.codec === "alac") throw unsupported("ALAC (Apple Lossless)");
  if (track.frames.length === 0) {
    throw new InputError("The M4A file holds no audio samples. Export it again.");
  }
  const media =
    track.codec === "flac"
      ? decodeFlacTrack(bytes, track, limits)
      : decodeAac(bytes, track, limits);
  const audio = applyEdits(media, track, limits);
  if (sampleCount(audio) === 0) {
    throw new InputError("The M4A file holds no audio samples. Export it again.");
  }
  return audio;
}

function decodeAac(bytes: Uint8Array, { config, frames }: M4aTrack, limits: AudioLimits): Audio {
  const aac = readAacConfig(config);
  const { sampleRate, channels: count } = aac;
  const samples = frames.length * AAC_FRAME_SAMPLES;
  checkShape({ sampleRate, channels: count, samples }, limits);
  checkFrames(bytes, frames, AAC_FRAME_SAMPLES, sampleRate);
  const channels = Array.from({ length: count }, () => new Float32Array(samples));
  const decode = createAacDecoder(aac);
  for (const [index, { offset, size }] of frames.entries()) {
    const position = index * AAC_FRAME_SAMPLES;
    try {
      decode(bytes.subarray(offset, offset + size), channels, position);
    } catch (error) {
      if (error instanceof AacSyntaxError) throw damagedAt(FILE, position, sampleRate);
      throw error;
    }
  }
  return { sampleRate, channels };
}

/** Rebuilds a native FLAC file of the track: the metadata blocks, then the frames. */
function decodeFlacTrack(
  bytes: Uint8Array,
  { config, frames }: M4aTrack,
  limits: AudioLimits,
): Audio {
  checkFrames(bytes, frames, 0, 1);
  const parts = frames.map(({ offset, size }) => bytes.subarray(offset, offset + size));
  return decodeFlac(concatenate([new TextEncoder().encode("fLaC"), config, ...parts]), limits);
}

/** @throws InputError if a frame lies outside the file */
function checkFrames(
  bytes: Uint8Array,
  frames: M4aTrack["frames"],
  frameSamples: number,
  sampleRate: number,
): void {
  const index = frames.findIndex(({ offset, size }) => offset + size > bytes.length);
  if (index < 0) return;
  if (frameSamples === 0) throw truncated(FILE, "its index points behind its end");
  throw truncated(FILE, `it ends at ${formatPosition(index * frameSamples, sampleRate)}`);
}

/** Puts together the parts of the media that the edit list plays. */
function applyEdits(media: Audio, track: M4aTrack, limits: AudioLimits): Audio {
  const { sampleRate } = media;
  const total = sampleCount(media);
  const { edits, gapless } = track;
  const toSamples = (time: number, timescale: number) =>
    Math.round((time / timescale) * sampleRate);
  const pieces = edits.map(({ duration, mediaTime }) => {
    const start = mediaTime < 0 ? -1 : toSamples(mediaTime, track.timescale);
    const length = toSamples(duration, track.movieTimescale);
    if (start < 0) return { start, length };
    return { start, length: Math.max(0, Math.min(length || total, total - start)) };
  });
  if (pieces.length === 0 && gapless) {
    const length = Math.max(0, Math.min(gapless.samples, total - gapless.delay));
    pieces.push({ start: gapless.delay, length });
  }
  if (pieces.length === 0) return media;
  const samples = pieces.reduce((sum, { length }) => sum + length, 0);
  checkShape({ sampleRate, channels: media.channels.length, samples }, limits);
  if (!Number.isSafeInteger(samples)) throw damaged(FILE, "its edit list is malformed");
  const [piece] = pieces;
  if (pieces.length === 1 && piece!.start >= 0) {
    const { start } = piece!;
    const channels = media.channels.map((channel) => channel.subarray(start, start + samples));
    return { sampleRate, channels };
  }
  const channels = media.channels.map((channel) => {
    const joined = new Float32Array(samples);
    let at = 0;
    for (const { start, length } of pieces) {
      if (start >= 0) joined.set(channel.subarray(start, start + length), at);
      at += length;
    }
    return joined;
  });
  return { sampleRate, channels };
}
