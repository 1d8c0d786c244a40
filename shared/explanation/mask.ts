/** Which components sound: one byte a component, 1 kept and 0 silent. */
export type Mask = Uint8Array;

/** Masks are enumerated only up to this many components (4,096 masks). */
export const MAX_ENUMERATED_COMPONENTS = 12;

/** Number of kept components. */
export function kept(mask: Mask): number {
  let count = 0;
  for (const bit of mask) count += bit;
  return count;
}

/**
 * Every mask of `components` components, all-on first and all-off last, counting down in binary
 * with component 0 as the highest bit.
 *
 * @param components 1 to 12
 * @throws RangeError past those limits
 */
export function allMasks(components: number): Mask[] {
  if (!Number.isInteger(components) || components < 1 || components > MAX_ENUMERATED_COMPONENTS) {
    throw new RangeError(
      `masks are enumerated for 1 to ${MAX_ENUMERATED_COMPONENTS} components, not ${components}`,
    );
  }
  const masks: Mask[] = [];
  for (let value = 2 ** components - 1; value >= 0; value--) {
    masks.push(
      Uint8Array.from({ length: components }, (_, i) => (value >> (components - 1 - i)) & 1),
    );
  }
  return masks;
}

/** Each different mask once, and where each of the given masks is among them. */
export interface DistinctMasks {
  /** Different masks in order of first appearance. */
  distinct: Mask[];
  /** `distinct[indexOf[i]]` equals the i-th given mask. */
  indexOf: Uint32Array;
}

/**
 * Finds repeated masks, so that the model answers each different one only once (five components
 * have 32, whatever the number of samples).
 */
export function distinctMasks(masks: readonly Mask[]): DistinctMasks {
  const seen = new Map<string, number>();
  const distinct: Mask[] = [];
  const indexOf = new Uint32Array(masks.length);
  masks.forEach((mask, row) => {
    const key = mask.join("");
    let index = seen.get(key);
    if (index === undefined) {
      index = distinct.length;
      seen.set(key, index);
      distinct.push(mask);
    }
    indexOf[row] = index;
  });
  return { distinct, indexOf };
}

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
