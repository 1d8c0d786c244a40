import { createMt19937 } from "@lemons/shared/explanation/mt19937";

/** Slugs of each part, ascending. */
export interface TrackSplit<Slug extends string> {
  train: Slug[];
  validation: Slug[];
  test: Slug[];
}

/** Share of the tracks in `test`, and again in `validation`. */
const HELD_OUT = 0.1;
/** Below, one part would be empty. */
const LEAST_TO_SPLIT = 3;

/**
 * Splits tracks 80/10/10 into train, validation and test, as LEMONS does: by track, so that no
 * listener's model is tested on a track that another's was trained on. The slugs are sorted by code
 * unit and permuted as NumPy's `RandomState(seed).permutation` does (Fisher and Yates, from the
 * end); test takes the first tenth (rounded, at least one), validation the next, train the rest.
 * The order of input does not matter; adding a track changes the split.
 *
 * @param slugs all different; where there are fewer than three, all are in `train`
 * @param seed integer, 0 to 2^32 - 1
 * @throws RangeError where a slug comes twice or the seed is not such an integer
 */
export function splitTracks<Slug extends string>(
  slugs: readonly Slug[],
  seed: number,
): TrackSplit<Slug> {
  if (new Set(slugs).size < slugs.length) throw new RangeError("a split needs different tracks");
  const random = createMt19937(seed);
  const order = slugs.toSorted(byCodeUnit);
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.randint(0, last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  const tenth = Math.max(1, Math.round(HELD_OUT * order.length));
  const heldOut = order.length < LEAST_TO_SPLIT ? 0 : tenth;
  return {
    test: order.slice(0, heldOut).sort(byCodeUnit),
    validation: order.slice(heldOut, 2 * heldOut).sort(byCodeUnit),
    train: order.slice(2 * heldOut).sort(byCodeUnit),
  };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
