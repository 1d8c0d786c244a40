/** One byte per component: 1 if it is kept, 0 if it is silent. */
export type Mask = Uint8Array;

/** The most components whose masks are listed one by one: 4,096 masks. */
export const MAX_ENUMERATED_COMPONENTS = 12;

/** Counts the kept components. */
export function kept(mask: Mask): number {
  let count = 0;
  for (const bit of mask) count += bit;
  return count;
}

/**
 * Lists every mask, all ones first and all zeros last. The masks count down in binary, with component
 * 0 as the highest bit.
 *
 * @param components 1 to 12
 * @throws RangeError for another number of components
 */
export function allMasks(components: number): Mask[] {
  if (!Number.isInteger(components) || components < 1 || components > MAX_ENUMERATED_COMPONENTS) {
    throw new RangeError(
      `cannot list all masks of ${components} components; use 1 to ${MAX_ENUMERATED_COMPONENTS}`,
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

/** The distinct masks of a list, and the place of each mask of the list among them. */
export interface DistinctMasks {
  /** In order of first appearance. */
  distinct: Mask[];
  /** `distinct[indexOf[i]]` equals the i-th given mask. */
  indexOf: Uint32Array;
}

/**
 * Finds repeated masks, which the model needs to answer only once: five components have 32 masks,
 * whatever the number of samples.
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

/** Most bits of a mask's number, which is an int32. */
const MAX_BITS = 30;

/**
 * Returns the number of a mask, in which bit i stands for component i.
 *
 * @param mask at most 30 components
 * @throws RangeError for a longer mask
 */
export function numberOfMask(mask: Mask): number {
  if (mask.length > MAX_BITS)
    throw new RangeError(`a mask of ${mask.length} bits has no number; the most is ${MAX_BITS}`);
  let number = 0;
  for (let i = 0; i < mask.length; i++) number |= mask[i]! << i;
  return number;
}

/** Returns the mask of a number; the inverse of {@link numberOfMask}. */
export function maskOfNumber(number: number, components: number): Mask {
  return Uint8Array.from({ length: components }, (_, i) => (number >>> i) & 1);
}
