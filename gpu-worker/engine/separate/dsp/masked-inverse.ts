import type { FftRuntime } from "../../runtime/runtime.ts";
import { periodicHann } from "../../spectrogram/framing.ts";
import type { Spectrum } from "../../spectrogram/stft.ts";

/**
 * Returns the signal of a `createStft` spectrum weighted by a mask (index = frame x bins + bin). The
 * next call overwrites the samples.
 */
export type MaskedInverse = (spectrum: Spectrum, mask: Float32Array) => Float64Array;

/**
 * Creates the least-squares inverse of `createStft` for many masks on one grid: it weights on the way
 * into the transform, reuses its buffers and sums the squared windows once.
 *
 * @param frames frames of every spectrum
 * @param length samples to return, at most as many as the frames cover
 */
export function createMaskedInverse(
  nFft: number,
  hop: number,
  frames: number,
  length: number,
  runtime: FftRuntime,
): MaskedInverse {
  const fft = runtime.createRealFft(nFft);
  const { bins } = fft;
  const window = periodicHann(nFft);
  const frame = new Float64Array(nFft);
  const bin = new Float64Array(2 * bins);
  const pad = nFft / 2;
  const sum = new Float64Array(Math.max(length + nFft, (frames - 1) * hop + nFft));
  const signal = sum.subarray(pad, pad + length);
  const scale = reciprocalCover(window, hop, frames, sum.length).subarray(pad, pad + length);

  return ({ real, imaginary }, mask) => {
    sum.fill(0);
    for (let k = 0; k < frames; k++) {
      const row = k * bins;
      for (let b = 0; b < bins; b++) {
        const weight = mask[row + b]!;
        bin[2 * b] = weight * real[row + b]!;
        bin[2 * b + 1] = weight * imaginary[row + b]!;
      }
      fft.inverse(bin, frame);
      const start = k * hop;
      for (let n = 0; n < nFft; n++) sum[start + n]! += frame[n]! * window[n]!;
    }
    for (let i = 0; i < length; i++) signal[i]! *= scale[i]!;
    return signal;
  };
}

function reciprocalCover(
  window: Float64Array,
  hop: number,
  frames: number,
  length: number,
): Float64Array {
  const cover = new Float64Array(length);
  for (let k = 0; k < frames; k++) {
    for (let n = 0; n < window.length; n++) cover[k * hop + n]! += window[n]! * window[n]!;
  }
  // Only samples outside the signal have a tiny cover.
  for (let i = 0; i < length; i++) cover[i] = cover[i]! > 0 ? 1 / cover[i]! : 0;
  return cover;
}
