import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { type Audio, durationSeconds, toMono } from "../audio/audio.ts";
import { resample } from "../audio/resample.ts";
import { InputError } from "../input-error.ts";

/**
 * The shortest sound that is scored: the FCN's five poolings leave one column of 32 frames, half a
 * second, and onnxruntime gives an empty pool a number instead of an error.
 */
export const MIN_HEARD_SECONDS = 1;

/**
 * Sound as the model hears it: the mean of the channels at the front-end's sample rate.
 *
 * @throws InputError below MIN_HEARD_SECONDS
 */
export function modelWaveform(audio: Audio, frontEnd: FrontEnd): Float32Array {
  const seconds = durationSeconds(audio);
  // Half a millisecond of grace: encoders round a second to their frames.
  if (seconds < MIN_HEARD_SECONDS - 5e-4) {
    throw new InputError(
      `the audio is too short: it lasts ${seconds.toFixed(2)} s, at least ${MIN_HEARD_SECONDS} s are needed`,
    );
  }
  return resample(toMono(audio), audio.sampleRate, frontEnd.sampleRate);
}
