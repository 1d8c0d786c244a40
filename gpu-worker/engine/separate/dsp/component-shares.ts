import { correlate, type Factorisation, reconstruct } from "./factorisation.ts";

/** A component whose activation changes this much per second is as likely a drum as not. */
const DRUM_CHANGE_PER_SECOND = 17.2;
const DRUM_CHANGE_EXPONENT = 2;
const LARGEST_DRUM_FACTOR = 10;

/** A component with a higher attack sharpness (see ActivationShape) counts as struck. */
const STRUCK_SHARPNESS = 0.12;
const STRUCK_SLOPE = 6;
const LARGEST_STRUCK_FACTOR = 4;

/** Shares of each band in each frame by the components; index = frame x bands + band. */
export interface ComponentShares {
  drums: Float32Array;
  bass: Float32Array;
  /** 1/4 for sustained sounds to 4 for struck ones. */
  struck: Float32Array;
}

/**
 * Extends first guesses to whole sounds: each component of the factorisation takes the overall share
 * that the guesses give its bins, sharpened by squaring, and applies it to all its bins. A kick's hum
 * then follows its click, and a bass note's harmonics follow its fundamental.
 *
 * @param mix pooled magnitudes, index = frame x bands + band
 * @param drums pooled magnitudes of the first guess at the drums
 * @param bass pooled magnitudes of the first guess at the bass
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
    const drum = (ofDrums[k]! / total) ** 2 * clampToFactor(change, LARGEST_DRUM_FACTOR);
    const low = (ofBass[k]! / total) ** 2;
    const rest = (Math.max(0, all[k]! - ofDrums[k]! - ofBass[k]!) / total) ** 2;
    const sum = drum + low + rest + 1e-30;
    ofDrums[k] = drum / sum;
    ofBass[k] = low / sum;
    const sharpness = Math.exp(STRUCK_SLOPE * (attackSharpness[k]! - STRUCK_SHARPNESS));
    struck[k] = clampToFactor(sharpness, LARGEST_STRUCK_FACTOR);
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

/** Returns the magnitude of a part of the mix that each component explains. */
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

function clampToFactor(factor: number, largest: number): number {
  return Math.min(largest, Math.max(1 / largest, factor));
}

/** Shape of each component's activation over time. */
export interface ActivationShape {
  /** Sum of all changes over the sum of all values, per second; high for short sounds. */
  changePerSecond: Float64Array;
  /**
   * Logarithm of the ratio of the L2 / L1 norms of its rises and of its falls. Above 0 for struck
   * and plucked sounds, which rise at once and fade slowly; about 0 for sustained ones.
   */
  attackSharpness: Float64Array;
}

const FLOOR = 1e-9;

/** Measures the shape of each component's activation. */
export function activationShape(
  { components, frames, activations }: Factorisation,
  hopSeconds: number,
): ActivationShape {
  const changePerSecond = new Float64Array(components);
  const attackSharpness = new Float64Array(components);
  for (let k = 0; k < components; k++) {
    let sum = activations[k]!;
    let rise = 0;
    let rises = 0;
    let fall = 0;
    let falls = 0;
    for (let frame = 1; frame < frames; frame++) {
      const value = activations[frame * components + k]!;
      const change = value - activations[(frame - 1) * components + k]!;
      sum += value;
      if (change > 0) {
        rise += change;
        rises += change * change;
      } else {
        fall -= change;
        falls += change * change;
      }
    }
    changePerSecond[k] = (rise + fall) / (sum + FLOOR) / hopSeconds;
    const riseFocus = Math.sqrt(rises) / (rise + FLOOR) + FLOOR;
    const fallFocus = Math.sqrt(falls) / (fall + FLOOR) + FLOOR;
    attackSharpness[k] = Math.log(riseFocus / fallFocus);
  }
  return { changePerSecond, attackSharpness };
}
