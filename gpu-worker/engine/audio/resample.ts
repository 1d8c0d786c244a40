import { kernelRow } from "./resample-kernel.ts";
import { resampledCount, resamplingOf } from "./resampling.ts";

/**
 * Phases between which the kernel is interpolated if the ratio of the rates has more. The error of
 * linear interpolation is (pi / 1024)^2 / 8, which is -118 dB.
 */
export const MAX_PHASES = 1024;

function weightedSum(row: Float64Array, signal: Float64Array, start: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0; j < row.length; j += 4) {
    a += row[j]! * signal[start + j]!;
    b += row[j + 1]! * signal[start + j + 1]!;
    c += row[j + 2]! * signal[start + j + 2]!;
    d += row[j + 3]! * signal[start + j + 3]!;
  }
  return a + b + (c + d);
}

/**
 * Changes the sample rate, band-limited: every output sample is the Kaiser-windowed sinc
 * interpolation of the input at its own time. There is no delay, and resampling is linear: the
 * resampled parts of a mix sum to the resampled mix. Passes up to 0.913 of the lower Nyquist
 * frequency and attenuates by 110 dB above 1. The signal counts as silence beyond its ends.
 *
 * @param signal one channel
 * @param fromRate Hz, a whole number
 * @param toRate Hz, a whole number
 * @returns round(samples x toRate / fromRate) samples; a copy if the rates are equal
 * @throws RangeError if a rate isn't a positive whole number
 */
export function resample(signal: Float32Array, fromRate: number, toRate: number): Float32Array {
  const { phases, advance, step, reach, taps } = resamplingOf(fromRate, toRate);
  if (fromRate === toRate) return signal.slice();

  const rowCount = Math.min(phases, MAX_PHASES);
  const rows: Float64Array[] = [];
  const rowOf = (index: number) => {
    rows[index] ??= kernelRow(taps, (1 - reach - index / rowCount) * step, step);
    return rows[index];
  };

  // Tap j of output i weights input floor(i x advance / phases) + 1 - reach + j.
  const padded = new Float64Array(signal.length + 2 * taps);
  padded.set(signal, reach);
  const output = new Float32Array(resampledCount(signal.length, fromRate, toRate));
  for (let i = 0; i < output.length; i++) {
    const phase = (i * advance) % phases;
    const start = (i * advance - phase) / phases + 1;
    const position = (phase / phases) * rowCount;
    const index = phases === rowCount ? phase : Math.floor(position);
    const low = weightedSum(rowOf(index), padded, start);
    output[i] =
      phases === rowCount
        ? low
        : low + (weightedSum(rowOf(index + 1), padded, start) - low) * (position - index);
  }
  return output;
}
