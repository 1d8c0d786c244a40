import type { FrontEnd } from "@lemons/shared/contract/front-end";

/** Triangular filters as sparse rows: band m weights bins first[m] to first[m] + count[m] - 1. */
export interface MelFilterbank {
  bands: number;
  bins: number;
  first: Int32Array;
  /** 0 if the triangle falls between two bins. */
  count: Int32Array;
  /** Row m starts at offset[m]. */
  offset: Int32Array;
  weights: Float64Array;
}

const f32 = Math.fround;

/** Converts Hz to HTK mel (O'Shaughnessy 1987): 2595 log10(1 + f / 700). */
export function hertzToMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

/** Inverts {@link hertzToMel}, each step rounded to float32. */
function melToHertz(mel: number): number {
  return f32(700 * f32(f32(10 ** f32(mel / 2595)) - 1));
}

/** torch.linspace in float32: the first half counts up from the start, the second down from the end. */
function linspace(start: number, end: number, count: number): Float32Array {
  const step = f32((f32(end) - f32(start)) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? f32(start) + step * i : f32(end) - step * (count - 1 - i),
  );
}

/**
 * Creates filters of height 1 whose corners are equally spaced in mel, evaluated at the FFT's bin
 * frequencies: torchaudio.functional.melscale_fbanks with `mel_scale="htk", norm=None`. Some rows
 * are empty if bands are narrower than bins (27 of 256 at n_fft 512 and 16 kHz).
 *
 * Computed in float32 like the original: for a corner very close to a bin, float64 weights differ by
 * 3 % (0.02 dB in the spectrogram), and models are trained on the original's.
 */
export function createMelFilterbank(frontEnd: FrontEnd): MelFilterbank {
  const { nFft, nMels: bands, sampleRate } = frontEnd;
  const bins = nFft / 2 + 1;
  const hertz = linspace(0, Math.floor(sampleRate / 2), bins);
  const corners = linspace(hertzToMel(frontEnd.fMin), hertzToMel(frontEnd.fMax), bands + 2).map(
    melToHertz,
  );
  const first = new Int32Array(bands);
  const count = new Int32Array(bands);
  const offset = new Int32Array(bands);
  const weights: number[] = [];
  for (let m = 0; m < bands; m++) {
    const left = corners[m]!;
    const centre = corners[m + 1]!;
    const right = corners[m + 2]!;
    offset[m] = weights.length;
    for (let bin = 0; bin < bins; bin++) {
      const rising = f32(f32(hertz[bin]! - left) / f32(centre - left));
      const falling = f32(f32(right - hertz[bin]!) / f32(right - centre));
      const weight = Math.min(rising, falling);
      if (!(weight > 0)) continue;
      if (count[m] === 0) first[m] = bin;
      count[m]! += 1;
      weights.push(weight);
    }
  }
  return { bands, bins, first, count, offset, weights: Float64Array.from(weights) };
}
