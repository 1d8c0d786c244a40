import type { FftRuntime } from "../runtime/runtime.ts";
import { frameCount, periodicHann, reflectPad } from "./framing.ts";

/** Complex short-time spectrum: index = frame x bins + bin. */
export interface Spectrum {
  frames: number;
  /** nFft / 2 + 1. */
  bins: number;
  real: Float32Array;
  imaginary: Float32Array;
}

export interface StftSettings {
  /** Samples in a frame, a power of two. */
  nFft: number;
  /** Samples between frames; at most nFft / 2 for `inverse`. */
  hop: number;
  window: "hann-periodic";
}

export interface Stft {
  /**
   * Transforms a signal. Frame k is centred on sample k x hop; the ends are mirrored. Unscaled: a
   * sine of amplitude a peaks at about a x nFft / 4.
   *
   * @returns 1 + floor(samples / hop) frames
   * @throws InputError for nFft / 2 samples or fewer
   */
  forward(signal: Float32Array): Spectrum;
  /**
   * Least-squares inverse (Griffin and Lim 1984, equation 6): windowed overlap-add divided by the
   * sum of squared windows. Inverts `forward` within about 1e-7 of full scale.
   *
   * @param length samples to return
   * @throws RangeError if the frames don't cover a sample
   */
  inverse(spectrum: Spectrum, length: number): Float32Array;
}

/** Below this sum of squared windows, float32 spectra don't determine a sample. */
const MIN_WINDOW_COVER = 1e-3;

/** Creates a transform. It reuses the buffers of one frame, so don't share it across threads. */
export function createStft({ nFft, hop, window: _hann }: StftSettings, runtime: FftRuntime): Stft {
  const fft = runtime.createRealFft(nFft);
  const { bins } = fft;
  const window = periodicHann(nFft);
  const frame = new Float64Array(nFft);
  const bin = new Float64Array(2 * bins);

  return {
    forward(signal) {
      const padded = reflectPad(signal, nFft);
      const frames = frameCount(signal.length, hop);
      const real = new Float32Array(frames * bins);
      const imaginary = new Float32Array(frames * bins);
      for (let k = 0; k < frames; k++) {
        const start = k * hop;
        for (let n = 0; n < nFft; n++) frame[n] = padded[start + n]! * window[n]!;
        fft.forward(frame, bin);
        const row = k * bins;
        for (let b = 0; b < bins; b++) {
          real[row + b] = bin[2 * b]!;
          imaginary[row + b] = bin[2 * b + 1]!;
        }
      }
      return { frames, bins, real, imaginary };
    },

    inverse(spectrum, length) {
      if (spectrum.bins !== bins) {
        throw new RangeError(`The spectrum has ${spectrum.bins} bins, the transform ${bins}.`);
      }
      const pad = nFft / 2;
      const sum = new Float64Array(Math.max(length + nFft, (spectrum.frames - 1) * hop + nFft));
      const cover = new Float64Array(sum.length);
      for (let k = 0; k < spectrum.frames; k++) {
        const row = k * bins;
        for (let b = 0; b < bins; b++) {
          bin[2 * b] = spectrum.real[row + b]!;
          bin[2 * b + 1] = spectrum.imaginary[row + b]!;
        }
        fft.inverse(bin, frame);
        const start = k * hop;
        for (let n = 0; n < nFft; n++) {
          const w = window[n]!;
          sum[start + n]! += frame[n]! * w;
          cover[start + n]! += w * w;
        }
      }
      const signal = new Float32Array(length);
      for (let i = 0; i < length; i++) {
        const covered = cover[pad + i]!;
        if (covered < MIN_WINDOW_COVER) {
          throw new RangeError(`The ${spectrum.frames} frames don't cover sample ${i}.`);
        }
        signal[i] = sum[pad + i]! / covered;
      }
      return signal;
    },
  };
}
