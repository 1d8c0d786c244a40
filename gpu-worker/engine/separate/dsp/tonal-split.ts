import type { Spectrum } from "../../spectrogram/stft.ts";
import type { FrequencyBands } from "./magnitudes.ts";

/**
 * Priors for the split of the tonal remainder (neither drums nor bass). They don't recognise
 * instruments: a voice is mostly around its fundamental and first formants, in the centre of a stereo
 * mix; a piano has sharp attacks and slow fades; bright, sustained sounds are something else.
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

/** Weights of vocals and other for each bin. */
export interface TonalWeights {
  vocals: Float32Array;
  other: Float32Array;
}

/** Returns the weights over frequency, for `bins` bins. */
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

/** Returns the piano's weight for the components' attack factor (1 is undecided). */
export function pianoWeight(struck: number): number {
  return PIANO_WEIGHT * struck;
}

/** Returns the factor of a voice's weight for the centredness of a band (1 is the centre). */
export function centreFactor(centre: number): number {
  return SIDE_VOICE + (1 - SIDE_VOICE) * centre * centre;
}

/**
 * Measures how centred each band is: `2 Re(L R*) / (|L|^2 + |R|^2)` over its bins, at least 0. It is
 * 1 in the centre and less to the sides and for sounds that differ between channels (Avendano:
 * "Frequency-domain source identification and manipulation in stereo mixes", WASPAA 2003).
 *
 * @returns index = frame x bands + band; null unless there are two channels
 */
export function stereoCentre(channels: Spectrum[], bands: FrequencyBands): Float32Array | null {
  if (channels.length !== 2) return null;
  const [left, right] = channels as [Spectrum, Spectrum];
  const { frames, bins } = left;
  const { count, ofBin } = bands;
  const centre = new Float32Array(frames * count);
  const common = new Float64Array(count);
  const total = new Float64Array(count);
  for (let frame = 0; frame < frames; frame++) {
    common.fill(0);
    total.fill(0);
    for (let bin = 0; bin < bins; bin++) {
      const i = frame * bins + bin;
      const a = left.real[i]!;
      const b = left.imaginary[i]!;
      const c = right.real[i]!;
      const d = right.imaginary[i]!;
      const band = ofBin[bin]!;
      common[band]! += 2 * (a * c + b * d);
      total[band]! += a * a + b * b + c * c + d * d;
    }
    for (let band = 0; band < count; band++) {
      const share = total[band]! > 0 ? common[band]! / total[band]! : 1;
      centre[frame * count + band] = Math.max(0, share);
    }
  }
  return centre;
}
