/** Which components to list. */
export interface ComponentFilter {
  /** Keep those that speak for the explained class; true by default. */
  positive?: boolean;
  /** Keep those that speak against it; true by default. */
  negative?: boolean;
  /** How many to list at most; all by default. */
  count?: number | "all";
  /** Smallest absolute weight to list; 0 by default. */
  minAbsWeight?: number;
}

/**
 * Component indices by falling weight, equal weights by index (audioLIME's
 * `get_sorted_components`). As there, asking for the first few negative components alone gives the
 * mildest ones, and zero weights are listed only where both signs are asked for.
 *
 * @throws RangeError where neither sign is wanted or the count is not a whole number
 */
export function sortedComponents(
  weights: readonly number[],
  { positive = true, negative = true, count = "all", minAbsWeight = 0 }: ComponentFilter = {},
): number[] {
  if (!positive && !negative) {
    throw new RangeError("ask for positive components, negative components or both");
  }
  if (count !== "all" && (!Number.isInteger(count) || count < 0)) {
    throw new RangeError(`count must be "all" or a whole number, not ${count}`);
  }
  const indices = [...weights.keys()].filter((index) => {
    const weight = weights[index]!;
    if (Math.abs(weight) < minAbsWeight) return false;
    return (positive || weight < 0) && (negative || weight > 0);
  });
  indices.sort((a, b) => weights[b]! - weights[a]! || a - b);
  return count === "all" ? indices : indices.slice(0, count);
}
