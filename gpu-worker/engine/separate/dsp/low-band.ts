import { bassLine } from "./bass-line.ts";
import { lowPass, type Magnitudes } from "./magnitudes.ts";

/** Everything tonal well below this is bass; a harmonic of the bass line is up to the second. */
const ANY_TONE_HERTZ = 200;
const ANY_TONE_ORDER = 8;
const BASS_HARMONIC_HERTZ = 300;
const BASS_HARMONIC_ORDER = 6;

/** Half width of a harmonic in bins: the main lobe of a Hann window reaches two bins to a side. */
const HARMONIC_BINS = 1.8;

/** Above this no bin is given to the bass. */
const TOP_HERTZ = 1200;

/**
 * Share of the tonal part of each bin that is bass, 0 to 1: a low band whose upper edge reaches
 * further at the harmonics of the bass line than between them.
 *
 * @param tonal share of each bin that is not percussive
 * @returns for the lowest `bins` bins of each frame; above them the share is nil
 */
export function bassShare(
  magnitudes: Magnitudes,
  tonal: Float32Array,
): { bins: number; values: Float32Array } {
  const { frames, binHertz } = magnitudes;
  const bins = Math.min(magnitudes.bins, Math.ceil(TOP_HERTZ / binHertz));
  const between = shape(bins, binHertz, ANY_TONE_HERTZ, ANY_TONE_ORDER);
  const at = shape(bins, binHertz, BASS_HARMONIC_HERTZ, BASS_HARMONIC_ORDER);
  const line = bassLine(magnitudes, tonal);
  const values = new Float32Array(frames * bins);
  for (let frame = 0; frame < frames; frame++) {
    const fundamental = line[frame]!;
    for (let bin = 0; bin < bins; bin++) {
      const frequency = bin * binHertz;
      const harmonic = Math.max(1, Math.round(frequency / fundamental)) * fundamental;
      const distance = (frequency - harmonic) / (HARMONIC_BINS * binHertz);
      const comb = Math.exp(-distance * distance);
      values[frame * bins + bin] = between[bin]! + (at[bin]! - between[bin]!) * comb;
    }
  }
  return { bins, values };
}

function shape(bins: number, binHertz: number, corner: number, order: number): Float32Array {
  return Float32Array.from({ length: bins }, (_, bin) => lowPass(bin * binHertz, corner, order));
}
