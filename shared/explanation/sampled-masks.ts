import { MAX_SAMPLES } from "../contract/explanation-request.ts";
import type { Mask } from "./mask.ts";
import { createMt19937 } from "./mt19937.ts";

/** The size and seed of a sample of masks. */
export interface MaskSampling {
  components: number;
  samples: number;
  seed: number;
}

/**
 * Draws masks that keep each component with probability 1/2; the first mask is all ones. The stream is
 * that of audioLIME's `RandomState(seed)`, bit for bit: first one `randint(0, 1000)` (the seed of
 * LIME's base class), then `randint(0, 2)` row by row, with the first row overwritten.
 *
 * @param sampling components >= 1; samples 2 to 8,192; seed 0 to 2^32 - 1
 * @throws RangeError if a number is out of range
 */
export function sampleMasks({ components, samples, seed }: MaskSampling): Mask[] {
  if (!Number.isInteger(components) || components < 1) {
    throw new RangeError(`masks need at least 1 component, not ${components}`);
  }
  if (!Number.isInteger(samples) || samples < 2 || samples > MAX_SAMPLES) {
    throw new RangeError(`samples must be an integer from 2 to ${MAX_SAMPLES}, not ${samples}`);
  }
  const random = createMt19937(seed);
  random.randint(0, 1000);
  const masks = Array.from({ length: samples }, () =>
    Uint8Array.from({ length: components }, () => random.randint(0, 2)),
  );
  masks[0]!.fill(1);
  return masks;
}

/** Invalid supplied masks; the message names the row and the reason. */
export class MaskError extends Error {
  override readonly name = "MaskError";
}

const MIN_MASKS = 2;

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function parseMask(row: unknown, index: number, components: number): Mask {
  if (!Array.isArray(row)) {
    throw new MaskError(`mask ${index} must be an array of 0 and 1, not ${describe(row)}`);
  }
  if (row.length !== components) {
    throw new MaskError(
      `mask ${index} has ${row.length} bits, but this explanation has ${components} components; give one bit per component`,
    );
  }
  const mask = new Uint8Array(components);
  for (let bit = 0; bit < components; bit++) {
    const value: unknown = row[bit];
    if (value !== 0 && value !== 1) {
      throw new MaskError(`bit ${bit} of mask ${index} must be 0 or 1, not ${describe(value)}`);
    }
    mask[bit] = value;
  }
  return mask;
}

/**
 * Parses masks that the caller supplies: a JSON array of 2 to 8,192 arrays of 0 and 1, with one bit
 * per component, the first all ones (the whole track).
 *
 * @throws MaskError with the row (from 0) and the reason
 */
export function parseMasks(json: unknown, components: number): Mask[] {
  if (!Array.isArray(json)) {
    throw new MaskError(`masks must be a JSON array of arrays of 0 and 1, not ${describe(json)}`);
  }
  if (json.length < MIN_MASKS || json.length > MAX_SAMPLES) {
    throw new MaskError(`there must be ${MIN_MASKS} to ${MAX_SAMPLES} masks, not ${json.length}`);
  }
  const masks = json.map((row: unknown, index) => parseMask(row, index, components));
  if (masks[0]!.includes(0)) {
    throw new MaskError("mask 0 must be all ones, which stands for the whole track");
  }
  return masks;
}
