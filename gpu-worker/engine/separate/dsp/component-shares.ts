import { activationShape } from "./activation-shape.ts";
import { correlate, type Factorisation, reconstruct } from "./factorisation.ts";

/** A component whose activation changes this much a second is as likely a drum as not. */
const DRUM_CHANGE_PER_SECOND = 17.2;
const DRUM_CHANGE_EXPONENT = 2;
const LARGEST_DRUM_FACTOR = 10;

/** Attack sharpness (see ActivationShape) from where on a component counts as struck. */
const STRUCK_SHARPNESS = 0.12;
const STRUCK_SLOPE = 6;
const LARGEST_STRUCK_FACTOR = 4;

/** What the components say about each band of each frame; index = frame x bands + band. */
export interface ComponentShares {
  drums: Float32Array;
  bass: Float32Array;
  /** 1/4 for sustained sounds to 4 for struck ones. */
  struck: Float32Array;
}

/**
 * Carries first guesses over whole sounds: each component of the factorisation takes the shares that
 * the guesses give to its bins altogether, sharpened by squaring, and hands them to all its bins.
 * So a kick's hum follows its click, and a bass note's upper harmonics follow its fundamental.
 *
 * @param mix pooled magnitudes, index = frame x bands + band
 * @param drums pooled magnitudes of the first guess at the drums; `bass` likewise
 */
export function componentShares(
  factorisation: Factorisation,
  mix: Float32Array,
  drums: Float32Array,
  bass: Float32Array,
  hopSeconds: number,
): ComponentShares {
  const { components, bands, frames } = factorisation;
  const { changePerSecond, attackSharpness } = activationShape(factorisation, hopSeconds);
  const all = explained(factorisation, mix);
  const ofDrums = explained(factorisation, drums);
  const ofBass = explained(factorisation, bass);
  const struck = new Float64Array(components);
  for (let k = 0; k < components; k++) {
    const total = all[k]! + 1e-30;
    const change = (changePerSecond[k]! / DRUM_CHANGE_PER_SECOND) ** DRUM_CHANGE_EXPONENT;
    const drum = (ofDrums[k]! / total) ** 2 * limited(change, LARGEST_DRUM_FACTOR);
    const low = (ofBass[k]! / total) ** 2;
    const rest = (Math.max(0, all[k]! - ofDrums[k]! - ofBass[k]!) / total) ** 2;
    const sum = drum + low + rest + 1e-30;
    ofDrums[k] = drum / sum;
    ofBass[k] = low / sum;
    const sharpness = Math.exp(STRUCK_SLOPE * (attackSharpness[k]! - STRUCK_SHARPNESS));
    struck[k] = limited(sharpness, LARGEST_STRUCK_FACTOR);
  }
  const shares = {
    drums: new Float32Array(frames * bands),
    bass: new Float32Array(frames * bands),
    struck: new Float32Array(frames * bands),
  };
  const whole = new Float64Array(bands);
  const part = new Float64Array(bands);
  for (let frame = 0; frame < frames; frame++) {
    reconstruct(factorisation, frame, whole);
    fill(shares.drums, frame, ofDrums);
    fill(shares.bass, frame, ofBass);
    fill(shares.struck, frame, struck);
  }
  return shares;

  function fill(target: Float32Array, frame: number, weights: Float64Array): void {
    reconstruct(factorisation, frame, part, weights);
    for (let b = 0; b < bands; b++) target[frame * bands + b] = part[b]! / (whole[b]! + 1e-30);
  }
}

/** Magnitude that each component explains of a part of the mix. */
function explained(factorisation: Factorisation, part: Float32Array): Float64Array {
  const { components, bands, frames, spectra, activations } = factorisation;
  const result = new Float64Array(components);
  const model = new Float64Array(bands);
  const products = new Float64Array(components);
  for (let frame = 0; frame < frames; frame++) {
    reconstruct(factorisation, frame, model);
    for (let b = 0; b < bands; b++) model[b] = part[frame * bands + b]! / (model[b]! + 1e-12);
    correlate(spectra, model, products);
    for (let k = 0; k < components; k++) {
      result[k]! += activations[frame * components + k]! * products[k]!;
    }
  }
  return result;
}

function limited(factor: number, largest: number): number {
  return Math.min(largest, Math.max(1 / largest, factor));
}
