import { resample } from "../../engine/audio/resample.ts";
import type { CropPlace, ExamplePlan } from "./plan-epoch.ts";
import { randomFor } from "./random.ts";

/** Decoded tracks that crops are read from. */
export interface CropSource {
  /** Samples of a track. */
  samples(track: number): number;
  /** `count` samples of a track from `start` on, which lie inside of it. */
  read(track: number, start: number, count: number): Float32Array;
}

/**
 * Makes the sound of an example as it was drawn.
 *
 * @param inputLength samples
 * @returns a waveform of `inputLength` samples
 */
export function renderExample(
  plan: ExamplePlan,
  inputLength: number,
  source: CropSource,
): Float32Array {
  const waveform = new Float32Array(inputLength);
  if (plan.kind === "crop") {
    const { place, speedPercent, gainDb, mixed } = plan;
    const share = mixed?.share ?? 0;
    addScaled(waveform, crop(place, speedPercent, inputLength, source), 1 - share);
    if (mixed) addScaled(waveform, crop(mixed.place, 0, inputLength, source), share);
    const gain = amplitude(gainDb);
    for (let i = 0; i < inputLength; i++) waveform[i]! *= gain;
  }
  if (plan.noiseDb !== null) addNoise(waveform, amplitude(plan.noiseDb), plan.noiseSeed);
  return waveform;
}

/** Another speed needs more or less of the track; where it has not enough, the speed is its own. */
function crop(
  { track, position }: CropPlace,
  speedPercent: number,
  inputLength: number,
  source: CropSource,
): Float32Array {
  const available = source.samples(track);
  const rate = 100 + speedPercent;
  const wanted = Math.ceil((inputLength * rate) / 100);
  const count = wanted > available ? inputLength : wanted;
  const start = Math.floor(position * (available - count + 1));
  const signal = source.read(track, start, count);
  if (count === inputLength) return signal;
  return resample(signal, rate, 100).subarray(0, inputLength);
}

function amplitude(db: number): number {
  return 10 ** (db / 20);
}

function addScaled(sum: Float32Array, signal: Float32Array, scale: number): void {
  for (let i = 0; i < signal.length; i++) sum[i]! += scale * signal[i]!;
}

/** @param rms of the noise, full scale 1 */
function addNoise(waveform: Float32Array, rms: number, seed: number): void {
  const random = randomFor(seed, "noise");
  for (let i = 0; i < waveform.length; i++) waveform[i]! += rms * random.normal();
}
