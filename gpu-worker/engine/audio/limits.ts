import {
  MAX_AUDIO_BYTES,
  MAX_AUDIO_CHANNELS,
  MAX_AUDIO_SECONDS,
} from "@lemons/shared/contract/track";
import { InputError } from "../input-error.ts";

export { MAX_AUDIO_BYTES };

/** Hz. */
export const MIN_SAMPLE_RATE = 4000;

/** Hz. */
export const MAX_SAMPLE_RATE = 192_000;

/** Limits of a decoded file. */
export interface AudioLimits {
  maxBytes: number;
  maxSeconds: number;
  maxChannels: number;
}

export const DEFAULT_AUDIO_LIMITS: AudioLimits = {
  maxBytes: MAX_AUDIO_BYTES,
  maxSeconds: MAX_AUDIO_SECONDS,
  maxChannels: MAX_AUDIO_CHANNELS,
};

/**
 * Limit of decoded samples of all channels together: 512 MB of float32. A few bytes of silence can
 * stand for minutes at a high rate in eight channels.
 */
export const MAX_DECODED_SAMPLES = 134_217_728;

/** Size of decoded audio, known from headers before anything is decoded. */
export interface AudioShape {
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** Samples per channel. */
  samples: number;
}

/** @throws InputError if the audio is too long, too large, or has an unusual rate or no channels */
export function checkShape({ sampleRate, channels, samples }: AudioShape, limits: AudioLimits) {
  if (!(sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE)) {
    throw new InputError(
      `The audio has a sample rate of ${sampleRate} Hz. Convert it to one between ${MIN_SAMPLE_RATE} and ${MAX_SAMPLE_RATE} Hz.`,
    );
  }
  if (channels < 1) throw new InputError("The audio has no channels. Export it again.");
  if (channels > limits.maxChannels) {
    throw new InputError(
      `The audio has ${channels} channels; the limit is ${limits.maxChannels}. Mix it down to stereo.`,
    );
  }
  if (samples > limits.maxSeconds * sampleRate) {
    throw new InputError(
      `The audio is longer than ${limits.maxSeconds} s, the limit. Use a shorter excerpt.`,
    );
  }
  if (samples * channels > MAX_DECODED_SAMPLES) {
    const megabytes = (count: number) => Math.round((count * 4) / 1e6);
    throw new InputError(
      `The audio needs ${megabytes(samples * channels)} MB when decoded; the limit is ${megabytes(MAX_DECODED_SAMPLES)} MB. Use fewer channels or a lower sample rate.`,
    );
  }
}
