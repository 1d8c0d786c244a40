import { sumOf } from "./sum-of.ts";

/** Samples of a sound: one array per channel, all of one length, full scale -1 to 1. */
export interface Audio {
  /** Hz. */
  sampleRate: number;
  /** At least one. */
  channels: Float32Array[];
}

/** Returns the number of samples per channel. */
export function sampleCount(audio: Audio): number {
  return audio.channels[0]?.length ?? 0;
}

/** Returns the length in seconds. */
export function durationSeconds(audio: Audio): number {
  return sampleCount(audio) / audio.sampleRate;
}

/**
 * Returns the mean of the channels as a new array.
 */
export function toMono(audio: Audio): Float32Array {
  return sumOf(audio.channels, audio.channels.length);
}

/**
 * Copies samples `start` to `start + samples - 1` of every channel.
 *
 * @throws RangeError if they reach outside the audio
 */
export function cut(audio: Audio, start: number, samples: number): Audio {
  const length = sampleCount(audio);
  if (!Number.isInteger(start) || !Number.isInteger(samples)) {
    throw new RangeError(`A cut needs whole numbers of samples, not ${start} and ${samples}.`);
  }
  if (start < 0 || samples < 0 || start + samples > length) {
    throw new RangeError(`Samples ${start} to ${start + samples} reach outside 0 to ${length}.`);
  }
  return {
    sampleRate: audio.sampleRate,
    channels: audio.channels.map((channel) => channel.slice(start, start + samples)),
  };
}
