import type { Spectrum } from "../../spectrogram/stft.ts";

/** A magnitude spectrogram: index = frame x bins + bin. */
export interface Magnitudes {
  frames: number;
  bins: number;
  values: Float32Array;
  /** Hz between bins. */
  binHertz: number;
  /** Seconds between frames. */
  hopSeconds: number;
}

/**
 * Returns the root mean square of the channels' magnitudes. Unlike the spectrum of a downmix, it
 * keeps sounds that are out of phase between channels.
 */
export function magnitudesOf(
  channels: Spectrum[],
  grid: { binHertz: number; hopSeconds: number },
): Magnitudes {
  const { frames, bins } = channels[0]!;
  const values = new Float32Array(frames * bins);
  for (const { real, imaginary } of channels) {
    for (let i = 0; i < values.length; i++) {
      values[i]! += real[i]! * real[i]! + imaginary[i]! * imaginary[i]!;
    }
  }
  for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(values[i]! / channels.length);
  return { frames, bins, values, ...grid };
}

/** Returns the width of a centred window: the odd number nearest to `extent / step`, at least 1. */
export function oddWidth(extent: number, step: number): number {
  return 2 * Math.round((extent / step - 1) / 2) + 1;
}

/** Power response of a Butterworth filter of `order / 2`: falls from 1 to 0, 1/2 at `corner`. */
export function lowPass(frequency: number, corner: number, order: number): number {
  return 1 / (1 + (frequency / corner) ** order);
}

/** Below this every bin is its own band; above, a band is a quarter tone, at least one bin. */
const SINGLE_BINS_HERTZ = 500;
const BANDS_PER_OCTAVE = 24;

/** Groups of neighbouring bins, which save time where fine resolution adds nothing. */
export interface FrequencyBands {
  count: number;
  /** Band of each bin. */
  ofBin: Uint16Array;
  /** Centre of each band in Hz. */
  hertz: Float32Array;
}

/** Returns the bands of a spectrogram with the given grid. */
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
 * Sums magnitudes over the bins of each band.
 *
 * @param share weight of each bin; 1 by default
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
