import type { Magnitudes } from "./magnitudes.ts";

/** Up to here every bin is a band of its own; above, bands are quarter tones or a bin wide. */
const SINGLE_BINS_HERTZ = 500;
const BANDS_PER_OCTAVE = 24;

/** Neighbouring bins that are treated alike where fine resolution costs more than it tells. */
export interface FrequencyBands {
  count: number;
  /** Band of each bin. */
  ofBin: Uint16Array;
  /** Centre of each band in Hz. */
  hertz: Float32Array;
}

/** Bands of a spectrogram with the given grid. */
export function frequencyBands(bins: number, binHertz: number): FrequencyBands {
  const starts: number[] = [];
  for (let bin = 0, edge = SINGLE_BINS_HERTZ / binHertz; bin < bins; ) {
    starts.push(bin);
    if (bin + 1 < edge) {
      bin++;
      continue;
    }
    edge = Math.max(edge, bin + 1) * 2 ** (1 / BANDS_PER_OCTAVE);
    bin = Math.max(bin + 1, Math.round(edge));
  }
  const ofBin = new Uint16Array(bins);
  const hertz = new Float32Array(starts.length);
  for (const [band, start] of starts.entries()) {
    const end = starts[band + 1] ?? bins;
    ofBin.fill(band, start, end);
    hertz[band] = ((start + end - 1) / 2) * binHertz;
  }
  return { count: starts.length, ofBin, hertz };
}

/**
 * Sums of magnitudes over the bins of each band.
 *
 * @param share weight of each bin; 1 everywhere where left out
 * @returns index = frame x bands + band
 */
export function poolBands(
  { frames, bins, values }: Magnitudes,
  { count, ofBin }: FrequencyBands,
  share?: Float32Array,
): Float32Array {
  const pooled = new Float32Array(frames * count);
  for (let frame = 0; frame < frames; frame++) {
    const row = frame * bins;
    const target = frame * count;
    for (let bin = 0; bin < bins; bin++) {
      const value = share ? values[row + bin]! * share[row + bin]! : values[row + bin]!;
      pooled[target + ofBin[bin]!]! += value;
    }
  }
  return pooled;
}
