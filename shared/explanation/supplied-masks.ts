import { MAX_SAMPLES } from "../contract/neighbourhood.ts";
import type { Mask } from "./mask.ts";

/** Masks that cannot be used; the message names the row and what is wrong with it. */
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
      `mask ${index} has ${row.length} bits, but this explanation has ${components} components: write one bit a component`,
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
 * Reads masks that the caller supplies: a JSON array of arrays of 0 and 1, one bit a component,
 * 2 to 8,192 rows, the first all ones (the whole track).
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
    throw new MaskError("mask 0 must be all ones: the fit is local to the whole track");
  }
  return masks;
}
