import type { Mask } from "./mask.ts";

/** Bits that a mask's number can have: it stays an int32. */
const MAX_BITS = 30;

/**
 * Number of a mask: bit i says whether component i is kept.
 *
 * @param mask of at most 30 components
 * @throws RangeError where it is longer
 */
export function numberOfMask(mask: Mask): number {
  if (mask.length > MAX_BITS) throw new RangeError(`a mask of ${mask.length} bits has no number`);
  let number = 0;
  for (let i = 0; i < mask.length; i++) number |= mask[i]! << i;
  return number;
}

/** The mask with this number; see {@link numberOfMask}. */
export function maskOfNumber(number: number, components: number): Mask {
  return Uint8Array.from({ length: components }, (_, i) => (number >>> i) & 1);
}
