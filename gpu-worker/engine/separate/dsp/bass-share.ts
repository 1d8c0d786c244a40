import { lowPass, type Magnitudes } from "./magnitudes.ts";

/** All tones below the first corner are bass, harmonics of the bass line up to the second. */
const ANY_TONE_HERTZ = 200;
const ANY_TONE_ORDER = 8;
const BASS_HARMONIC_HERTZ = 300;
const BASS_HARMONIC_ORDER = 6;

/** Half width of a harmonic in bins; the main lobe of a Hann window reaches two bins each way. */
const HARMONIC_BINS = 1.8;

/** No bin above this is bass. */
const TOP_HERTZ = 1200;

/**
 * Returns the bass share of the tonal part of each bin, 0 to 1: a low band whose upper edge is higher
 * at the harmonics of the bass line than between them.
 *
 * @param tonal non-percussive share of each bin
 * @returns shares of the lowest `bins` bins of each frame; higher bins have none
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

/** Candidate fundamentals, from below the lowest string of a five-string bass to A3. */
const LOWEST_HERTZ = 30;
const CANDIDATES = 70;
const CANDIDATES_PER_OCTAVE = 24;

const HARMONICS = 5;
const HARMONIC_DECAY = 0.7;

/** Costs of a step to the next candidate and of a jump to any, relative to the best salience. */
const STEP_COST = 0.02;
const JUMP_COST = 0.15;

/**
 * Finds the fundamental of the bass in each frame, in Hz: the best path, by Viterbi search, through
 * the candidates' saliences (sums of the square roots of their first five harmonics, Klapuri:
 * "Multiple fundamental frequency estimation by summing harmonic amplitudes", ISMIR 2006). Silent
 * frames get a value too, which means nothing.
 *
 * @param tonal non-percussive share of each bin
 */
export function bassLine(magnitudes: Magnitudes, tonal: Float32Array): Float32Array {
  const { frames } = magnitudes;
  const hertz = Float32Array.from(
    { length: CANDIDATES },
    (_, index) => LOWEST_HERTZ * 2 ** (index / CANDIDATES_PER_OCTAVE),
  );
  const salience = saliences(magnitudes, tonal, hertz);
  const from = new Uint8Array(frames * CANDIDATES);
  let score = salience.slice(0, CANDIDATES);
  let next = new Float32Array(CANDIDATES);
  for (let frame = 1; frame < frames; frame++) {
    const best = indexOfLargest(score);
    for (let k = 0; k < CANDIDATES; k++) {
      let origin = k;
      let value = score[k]!;
      if (k > 0 && score[k - 1]! - STEP_COST > value) {
        origin = k - 1;
        value = score[origin]! - STEP_COST;
      }
      if (k < CANDIDATES - 1 && score[k + 1]! - STEP_COST > value) {
        origin = k + 1;
        value = score[origin]! - STEP_COST;
      }
      if (score[best]! - JUMP_COST > value) {
        origin = best;
        value = score[best]! - JUMP_COST;
      }
      from[frame * CANDIDATES + k] = origin;
      next[k] = value + salience[frame * CANDIDATES + k]!;
    }
    [score, next] = [next, score];
  }
  const line = new Float32Array(frames);
  let state = indexOfLargest(score);
  for (let frame = frames - 1; frame >= 0; frame--) {
    line[frame] = hertz[state]!;
    state = from[frame * CANDIDATES + state]!;
  }
  return line;
}

/** Returns the salience of each candidate in each frame, scaled to a maximum of 1. */
function saliences(
  { frames, bins, values, binHertz }: Magnitudes,
  tonal: Float32Array,
  hertz: Float32Array,
): Float32Array {
  const result = new Float32Array(frames * CANDIDATES);
  const top = Math.min(bins, Math.ceil((HARMONICS * hertz.at(-1)!) / binHertz) + 2);
  const roots = new Float32Array(top);
  let largest = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let bin = 0; bin < top; bin++) {
      const i = frame * bins + bin;
      roots[bin] = Math.sqrt(values[i]! * tonal[i]!);
    }
    for (let k = 0; k < CANDIDATES; k++) {
      let sum = 0;
      for (let harmonic = 1, weight = 1; harmonic <= HARMONICS; harmonic++) {
        const position = (harmonic * hertz[k]!) / binHertz;
        const bin = Math.floor(position);
        if (bin + 1 >= top) break;
        const part = position - bin;
        sum += weight * ((1 - part) * roots[bin]! + part * roots[bin + 1]!);
        weight *= HARMONIC_DECAY;
      }
      result[frame * CANDIDATES + k] = sum;
      if (sum > largest) largest = sum;
    }
  }
  if (largest > 0) for (let i = 0; i < result.length; i++) result[i]! /= largest;
  return result;
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if (values[index]! > values[best]!) best = index;
  }
  return best;
}
