import type { Magnitudes } from "./magnitudes.ts";

/** Fundamentals that are looked for: below the lowest string of a five-string bass to A3. */
const LOWEST_HERTZ = 30;
const CANDIDATES = 70;
const CANDIDATES_PER_OCTAVE = 24;

const HARMONICS = 5;
const HARMONIC_DECAY = 0.7;

/** Cost of moving to the next candidate and of a jump to any, where the best salience is 1. */
const STEP_COST = 0.02;
const JUMP_COST = 0.15;

/**
 * Fundamental of the bass in each frame, in Hz: the path through the candidates' saliences (sums of
 * the square roots of their first five harmonics, Klapuri: "Multiple fundamental frequency
 * estimation by summing harmonic amplitudes", ISMIR 2006) that a Viterbi search finds best. There is
 * always an answer, in silence too; what it is worth depends on what the spectrum holds there.
 *
 * @param tonal share of each bin that is not percussive
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

/** Salience of each candidate in each frame, the largest of all being 1. */
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
