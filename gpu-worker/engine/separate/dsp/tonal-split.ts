/**
 * How the tonal remainder (neither drums nor bass) is shared out. These are priors over frequency
 * and shape, not recognition of an instrument: a voice is mostly found around its fundamental and
 * first formants, in the centre of a stereo mix; a piano by its sharp attacks and slow fades; what
 * is bright and sustained is something else.
 */
const VOICE_HERTZ = 700;
const VOICE_OCTAVES = 1.2;
const VOICE_WEIGHT = 0.6;
const VOICE_FLOOR = 0.1;
const SIDE_VOICE = 0.2;

const PIANO_WEIGHT = 0.4;

const BRIGHT_HERTZ = 1500;
const BRIGHT_WEIGHT = 0.7;
const DARK_WEIGHT = 0.25;

/** Weights of vocals and other for each bin's frequency. */
export interface TonalWeights {
  vocals: Float32Array;
  other: Float32Array;
}

/** Weights over frequency, for `bins` bins. */
export function tonalWeights(bins: number, binHertz: number): TonalWeights {
  const vocals = new Float32Array(bins);
  const other = new Float32Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    const frequency = (bin + 0.1) * binHertz;
    const octaves = Math.log2(frequency / VOICE_HERTZ) / VOICE_OCTAVES;
    vocals[bin] = VOICE_FLOOR + VOICE_WEIGHT * Math.exp(-0.5 * octaves * octaves);
    other[bin] = DARK_WEIGHT + BRIGHT_WEIGHT / (1 + (BRIGHT_HERTZ / frequency) ** 3);
  }
  return { vocals, other };
}

/** Weight of the piano where the components' attacks have that factor (1 is undecided). */
export function pianoWeight(struck: number): number {
  return PIANO_WEIGHT * struck;
}

/** What is left of a voice's weight where the band is centred that much (1 is dead centre). */
export function centreFactor(centre: number): number {
  return SIDE_VOICE + (1 - SIDE_VOICE) * centre * centre;
}
