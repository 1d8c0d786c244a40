import { sumOf } from "./sum-of.ts";

/** Sound as numbers: one array a channel, all of one length, full scale -1 to 1. */
export interface Audio {
  /** Hz. */
  sampleRate: number;
  /** At least one. */
  channels: Float32Array[];
}

/** Samples a channel. */
export function sampleCount(audio: Audio): number {
  return audio.channels[0]?.length ?? 0;
}

export function durationSeconds(audio: Audio): number {
  return sampleCount(audio) / audio.sampleRate;
}

/**
 * Mean of the channels.
 *
 * @returns a new array, also for mono.
 */
export function toMono(audio: Audio): Float32Array {
  return sumOf(audio.channels, audio.channels.length);
}

/**
 * Samples `start` up to `start + samples` of every channel, copied.
 *
 * @throws RangeError where that reaches outside of the audio.
 */
export function cut(audio: Audio, start: number, samples: number): Audio {
  const length = sampleCount(audio);
  if (!Number.isInteger(start) || !Number.isInteger(samples)) {
    throw new RangeError(`a cut needs whole samples, not ${start} and ${samples}`);
  }
  if (start < 0 || samples < 0 || start + samples > length) {
    throw new RangeError(`samples ${start} to ${start + samples} reach outside of 0 to ${length}`);
  }
  return {
    sampleRate: audio.sampleRate,
    channels: audio.channels.map((channel) => channel.slice(start, start + samples)),
  };
}
