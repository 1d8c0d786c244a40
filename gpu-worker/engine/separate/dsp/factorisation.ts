/** A spectrogram as a sum of few spectra with activations: V[t, b] ≈ sum_k H[t, k] W[k, b]. */
export interface Factorisation {
  components: number;
  bands: number;
  frames: number;
  /** W, index = component x bands + band; each spectrum sums to 1. */
  spectra: Float64Array;
  /** H, index = frame x components + component. */
  activations: Float64Array;
}

/** Keeps quotients finite in silence; magnitudes of full scale are about nFft / 4. */
const FLOOR = 1e-9;

/**
 * Non-negative matrix factorisation for the generalised Kullback-Leibler divergence by multiplicative
 * updates (Lee and Seung: "Algorithms for non-negative matrix factorization", NIPS 2000). Both
 * factors are updated from one reconstruction per iteration, which is a third faster.
 *
 * Deterministic: the spectra start as frames evenly spaced in accumulated magnitude, which converges
 * closer than a random start.
 *
 * @param values non-negative, index = frame x bands + band
 * @param components a multiple of 4
 */
export function factorise(
  values: Float32Array,
  bands: number,
  components: number,
  iterations: number,
): Factorisation {
  const frames = values.length / bands;
  const spectra = startingSpectra(values, bands, components);
  const activations = startingActivations(values, bands, components);
  const result = { components, bands, frames, spectra, activations };
  const quotient = new Float64Array(bands);
  const gathered = new Float64Array(spectra.length);
  const updated = new Float64Array(components);
  for (let iteration = 0; iteration < iterations; iteration++) {
    gathered.fill(0);
    for (let frame = 0; frame < frames; frame++) {
      const row = frame * components;
      reconstruct(result, frame, quotient);
      for (let b = 0; b < bands; b++) {
        quotient[b] = values[frame * bands + b]! / (quotient[b]! + FLOOR);
      }
      correlate(spectra, quotient, updated);
      gather(gathered, quotient, activations, row, components);
      for (let k = 0; k < components; k++) {
        activations[row + k] = activations[row + k]! * updated[k]! + Number.MIN_VALUE;
      }
    }
    for (let k = 0; k < components; k++) {
      let sum = 1e-12;
      for (let i = k * bands; i < (k + 1) * bands; i++) {
        spectra[i]! *= gathered[i]!;
        sum += spectra[i]!;
      }
      for (let i = k * bands; i < (k + 1) * bands; i++) spectra[i]! /= sum;
    }
  }
  return result;
}

/**
 * Computes `output[b] = sum_k weight[k] H[frame, k] W[k, b]`, the model of one frame.
 *
 * @param weights one per component; 1 by default
 */
export function reconstruct(
  { components, bands, spectra, activations }: Factorisation,
  frame: number,
  output: Float64Array,
  weights?: Float64Array,
): void {
  const row = frame * components;
  output.fill(0);
  for (let k = 0; k < components; k += 4) {
    const h0 = activations[row + k]! * (weights ? weights[k]! : 1);
    const h1 = activations[row + k + 1]! * (weights ? weights[k + 1]! : 1);
    const h2 = activations[row + k + 2]! * (weights ? weights[k + 2]! : 1);
    const h3 = activations[row + k + 3]! * (weights ? weights[k + 3]! : 1);
    const w0 = k * bands;
    const w1 = w0 + bands;
    const w2 = w1 + bands;
    const w3 = w2 + bands;
    for (let b = 0; b < bands; b++) {
      output[b]! +=
        h0 * spectra[w0 + b]! +
        h1 * spectra[w1 + b]! +
        h2 * spectra[w2 + b]! +
        h3 * spectra[w3 + b]!;
    }
  }
}

/** Computes `output[k] = sum_b W[k, b] values[b]`. */
export function correlate(spectra: Float64Array, values: Float64Array, output: Float64Array): void {
  const bands = values.length;
  for (let k = 0; k < output.length; k += 4) {
    const w0 = k * bands;
    const w1 = w0 + bands;
    const w2 = w1 + bands;
    const w3 = w2 + bands;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let b = 0; b < bands; b++) {
      const value = values[b]!;
      s0 += spectra[w0 + b]! * value;
      s1 += spectra[w1 + b]! * value;
      s2 += spectra[w2 + b]! * value;
      s3 += spectra[w3 + b]! * value;
    }
    output[k] = s0;
    output[k + 1] = s1;
    output[k + 2] = s2;
    output[k + 3] = s3;
  }
}

/** `gathered[k, b] += H[row, k] quotient[b]`. */
function gather(
  gathered: Float64Array,
  quotient: Float64Array,
  activations: Float64Array,
  row: number,
  components: number,
): void {
  const bands = quotient.length;
  for (let k = 0; k < components; k++) {
    const h = activations[row + k]!;
    const offset = k * bands;
    for (let b = 0; b < bands; b++) gathered[offset + b]! += h * quotient[b]!;
  }
}

function startingSpectra(values: Float32Array, bands: number, components: number): Float64Array {
  const frames = values.length / bands;
  const mean = new Float64Array(bands);
  const loudness = new Float64Array(frames);
  let total = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let b = 0; b < bands; b++) {
      mean[b]! += values[frame * bands + b]! / frames;
      loudness[frame]! += values[frame * bands + b]!;
    }
    total += loudness[frame]!;
  }
  const spectra = new Float64Array(components * bands);
  let passed = loudness[0]!;
  for (let k = 0, frame = 0; k < components; k++) {
    while (frame < frames - 1 && passed < ((k + 0.5) / components) * total) {
      passed += loudness[++frame]!;
    }
    let sum = 0;
    for (let b = 0; b < bands; b++) {
      const value = values[frame * bands + b]! + 0.1 * mean[b]! + FLOOR;
      spectra[k * bands + b] = value;
      sum += value;
    }
    for (let b = 0; b < bands; b++) spectra[k * bands + b]! /= sum;
  }
  return spectra;
}

function startingActivations(
  values: Float32Array,
  bands: number,
  components: number,
): Float64Array {
  const frames = values.length / bands;
  const activations = new Float64Array(frames * components);
  for (let frame = 0; frame < frames; frame++) {
    let loudness = FLOOR;
    for (let b = 0; b < bands; b++) loudness += values[frame * bands + b]!;
    activations.fill(loudness / components, frame * components, (frame + 1) * components);
  }
  return activations;
}
