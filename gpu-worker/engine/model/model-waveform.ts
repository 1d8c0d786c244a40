import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { type Audio, durationSeconds } from "../audio/audio.ts";
import { resampleTogether } from "../audio/resample-together.ts";
import { InputError } from "../input-error.ts";

/**
 * The shortest sound that is scored: the FCN's five poolings leave one column of 32 frames, half a
 * second, and onnxruntime gives an empty pool a number instead of an error.
 */
export const MIN_HEARD_SECONDS = 1;

/**
 * Sounds of one length and rate as the model hears them: the mean of the channels at the
 * front-end's sample rate.
 *
 * @throws InputError below MIN_HEARD_SECONDS
 */
export async function modelWaveforms(
  sounds: readonly Audio[],
  frontEnd: FrontEnd,
): Promise<Float32Array[]> {
  const [first] = sounds;
  if (!first) return [];
  checkHeard(first);
  const channels = sounds.map((sound) => sound.channels);
  return resampleTogether(channels, first.sampleRate, frontEnd.sampleRate);
}

/** @throws InputError below MIN_HEARD_SECONDS */
export function checkHeard(audio: Audio): void {
  const seconds = durationSeconds(audio);
  // Half a millisecond of grace: encoders round a second to their frames.
  if (seconds >= MIN_HEARD_SECONDS - 5e-4) return;
  throw new InputError(
    `the audio is too short: it lasts ${seconds.toFixed(2)} s, at least ${MIN_HEARD_SECONDS} s are needed`,
  );
}

/** {@link modelWaveforms} of one sound. */
export async function modelWaveform(audio: Audio, frontEnd: FrontEnd): Promise<Float32Array> {
  const [waveform] = await modelWaveforms([audio], frontEnd);
  return waveform!;
}
