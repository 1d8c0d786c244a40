import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { type Audio, durationSeconds } from "../audio/audio.ts";
import { resampleTogether } from "../audio/resample-together.ts";
import { InputError } from "../input-error.ts";
import type { Runtime } from "../runtime/runtime.ts";

/**
 * Shortest sound that is scored. The FCN's five poolings leave one column for 32 frames, half a
 * second, and onnxruntime returns a number instead of an error for an empty pool.
 */
export const MIN_HEARD_SECONDS = 1;

/**
 * Converts sounds of one length and rate to a model's input: the mean of the channels at the
 * front-end's sample rate.
 *
 * @throws InputError if they are shorter than MIN_HEARD_SECONDS
 */
export async function modelWaveforms(
  sounds: readonly Audio[],
  frontEnd: FrontEnd,
  runtime: Runtime,
): Promise<Float32Array[]> {
  const [first] = sounds;
  if (!first) return [];
  checkHeard(first);
  const channels = sounds.map((sound) => sound.channels);
  return resampleTogether(channels, first.sampleRate, frontEnd.sampleRate, runtime);
}

/** @throws InputError if the audio is shorter than MIN_HEARD_SECONDS */
export function checkHeard(audio: Audio): void {
  const seconds = durationSeconds(audio);
  // Half a millisecond of grace: encoders round a second to their frames.
  if (seconds >= MIN_HEARD_SECONDS - 5e-4) return;
  throw new InputError(
    `the audio is too short: it lasts ${seconds.toFixed(2)} s, at least ${MIN_HEARD_SECONDS} s are needed`,
  );
}

/** Converts one sound as {@link modelWaveforms} does. */
export async function modelWaveform(
  audio: Audio,
  frontEnd: FrontEnd,
  runtime: Runtime,
): Promise<Float32Array> {
  const [waveform] = await modelWaveforms([audio], frontEnd, runtime);
  return waveform!;
}
