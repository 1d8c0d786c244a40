import {
  MAX_AUDIO_BYTES,
  MAX_AUDIO_CHANNELS,
  MAX_AUDIO_SECONDS,
} from "@lemons/shared/contract/track";

export { MAX_AUDIO_BYTES };

/** Hz. */
export const MIN_SAMPLE_RATE = 4000;

/** Hz. */
export const MAX_SAMPLE_RATE = 192_000;

/** What a decoder may be asked to do; every limit can be lowered by the caller. */
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
 * Samples of all channels together that a file may decode to: 512 MB of float32. A few bytes of
 * silence can stand for minutes at a high rate in eight channels.
 */
export const MAX_DECODED_SAMPLES = 134_217_728;
