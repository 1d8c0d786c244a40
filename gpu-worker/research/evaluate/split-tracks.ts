import { createMt19937 } from "@lemons/shared/explanation/mt19937";

/** Slugs of each part, in ascending order. */
export interface TrackSplit<Slug extends string> {
  train: Slug[];
  validation: Slug[];
  test: Slug[];
}

/** Share of the tracks in `test`, and likewise in `validation`. */
const HELD_OUT = 0.1;
/** With fewer tracks, one part would be empty. */
const MIN_TRACKS = 3;

/**
 * Splits tracks 80/10/10 into train, validation and test, as LEMONS does. The split is by track, the
 * same for all listeners: no model is tested on a track that another model was trained on. The slugs
 * are sorted by code unit and permuted like NumPy's `RandomState(seed).permutation` (Fisher and
 * Yates, from the end). Test takes the first tenth (rounded, at least one), validation the next, and
 * train the rest. The order of `slugs` doesn't matter; adding a track changes the split.
 *
 * @param slugs distinct; if there are fewer than three, all are in `train`
 * @param seed integer, 0 to 2^32 - 1
 * @throws RangeError if a slug occurs twice or the seed is out of range
 */
export function splitTracks<Slug extends string>(
  slugs: readonly Slug[],
  seed: number,
): TrackSplit<Slug> {
  if (new Set(slugs).size < slugs.length)
    throw new RangeError("a track occurs twice; the slugs of a split must be distinct");
  const random = createMt19937(seed);
  const order = slugs.toSorted(byCodeUnit);
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.randint(0, last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  const tenth = Math.max(1, Math.round(HELD_OUT * order.length));
  const heldOut = order.length < MIN_TRACKS ? 0 : tenth;
  return {
    test: order.slice(0, heldOut).sort(byCodeUnit),
    validation: order.slice(heldOut, 2 * heldOut).sort(byCodeUnit),
    train: order.slice(2 * heldOut).sort(byCodeUnit),
  };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
