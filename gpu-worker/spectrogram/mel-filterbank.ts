import type { FrontEnd } from "@lemons/shared/contract/front-end";

/** Triangular filters as sparse rows: band m weighs bins first[m] .. first[m] + count[m] - 1. */
export interface MelFilterbank {
  bands: number;
  bins: number;
  first: Int32Array;
  /** 0 where the triangle falls between two bins. */
  count: Int32Array;
  /** Row m starts at offset[m]. */
  offset: Int32Array;
  weights: Float64Array;
}

/** Hz to HTK mel (O'Shaughnessy 1987): 2595 log10(1 + f / 700). */
export function hertzToMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

/** The inverse of {@link hertzToMel}. */
export function melToHertz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/**
 * Filters of height 1 whose corners are equally spaced in mel, evaluated at the FFT's bin
 * frequencies: torchaudio.functional.melscale_fbanks with `mel_scale="htk", norm=None`. Where bands
 * are narrower than bins, some rows are empty (27 of 256 at n_fft 512 and 16 kHz).
 */
export function createMelFilterbank(frontEnd: FrontEnd): MelFilterbank {
  const { nFft, nMels: bands, sampleRate } = frontEnd;
  const bins = nFft / 2 + 1;
  const lowest = hertzToMel(frontEnd.fMin);
  const step = (hertzToMel(frontEnd.fMax) - lowest) / (bands + 1);
  const first = new Int32Array(bands);
  const count = new Int32Array(bands);
  const offset = new Int32Array(bands);
  const weights: number[] = [];
  for (let m = 0; m < bands; m++) {
    const left = melToHertz(lowest + m * step);
    const centre = melToHertz(lowest + (m + 1) * step);
    const right = melToHertz(lowest + (m + 2) * step);
    offset[m] = weights.length;
    for (let bin = 0; bin < bins; bin++) {
      const hertz = (bin * sampleRate) / nFft;
      const weight = Math.min((hertz - left) / (centre - left), (right - hertz) / (right - centre));
      if (weight <= 0) continue;
      if (count[m] === 0) first[m] = bin;
      count[m]! += 1;
      weights.push(weight);
    }
  }
  return { bands, bins, first, count, offset, weights: Float64Array.from(weights) };
}
