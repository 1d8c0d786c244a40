import { resample } from "../../engine/audio/resample.ts";
import type { CropPlace, ExamplePlan } from "./plan-epoch.ts";
import { randomFor } from "./random.ts";

/** Source of crops: decoded tracks. */
export interface CropSource {
  /** Returns the number of samples of a track. */
  samples(track: number): number;
  /** Reads `count` samples of a track from `start`; all lie inside the track. */
  read(track: number, start: number, count: number): Float32Array;
}

/**
 * Renders the waveform of a planned example.
 *
 * @param inputLength length in samples
 * @returns [inputLength]
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

/** Reads a crop and changes its speed. A track too short for the speed keeps its own. */
function crop(
  { track, position }: CropPlace,
  speedPercent: number,
  inputLength: number,
  source: CropSource,
): Float32Array {
  const available = source.samples(track);
  const rate = 100 + speedPercent;
  const needed = Math.ceil((inputLength * rate) / 100);
  const count = needed > available ? inputLength : needed;
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

/**
 * Adds white noise.
 *
 * @param rms root mean square of the noise, full scale 1
 */
function addNoise(waveform: Float32Array, rms: number, seed: number): void {
  const random = randomFor(seed, "noise");
  for (let i = 0; i < waveform.length; i++) waveform[i]! += rms * random.normal();
}
