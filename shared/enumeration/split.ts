/** Bits of a combination of audible components: the first are left, the last right. */
export interface Split {
  leftBits: number;
  /** Those between, which are fixed within a block. */
  fixedBits: number;
  rightBits: number;
}

/** Positions that a group sees among the audible components, rising; none for a constant group. */
export type GroupBits = readonly number[];

/** Most bits of one side: 2^13 states of 64 channels are 2 MiB. */
const MAX_SIDE_BITS = 13;
/** Cost of folding a number into a row, against that of adding one to a logit. */
const ROW_FOLDING_COST = 2;
/** The same for a column, whose numbers lie apart. */
const COLUMN_FOLDING_COST = 8;
/** A combination's share in the statistics, in additions to a logit. */
const TALLY_COST = 50;
/** What a block costs by itself, likewise. */
const BLOCK_COST = 20_000;

/**
 * Divides the bits so that no group sees a left and a right one: then, in a block, each group
 * depends on one side alone, and a logit is a row of the left side joined with one of the right.
 * Of all such splits it takes the cheapest. There is always one: with no left bits, nothing can see
 * both sides.
 *
 * @param bits audible components, 0 to 25
 * @param channels of the table
 */
export function chooseSplit(bits: number, channels: number, groups: readonly GroupBits[]): Split {
  let best: Split = { leftBits: 0, fixedBits: bits, rightBits: 0 };
  let bestCost = costOf(best, channels, groups);
  for (let leftBits = 0; leftBits <= Math.min(bits, MAX_SIDE_BITS); leftBits++) {
    for (let rightBits = 0; rightBits <= Math.min(bits - leftBits, MAX_SIDE_BITS); rightBits++) {
      const split = { leftBits, fixedBits: bits - leftBits - rightBits, rightBits };
      if (groups.some((group) => crosses(split, group))) continue;
      const cost = costOf(split, channels, groups);
      if (cost < bestCost) {
        best = split;
        bestCost = cost;
      }
    }
  }
  return best;
}

/** Whether a group belongs to the columns: it sees a right bit. */
export function isRightGroup({ leftBits, fixedBits }: Split, group: GroupBits): boolean {
  return group.length > 0 && group.at(-1)! >= leftBits + fixedBits;
}

/** Whether a group sees bits that are fixed within a block. */
export function seesFixed({ leftBits, fixedBits }: Split, group: GroupBits): boolean {
  return group.some((bit) => bit >= leftBits && bit < leftBits + fixedBits);
}

function crosses(split: Split, group: GroupBits): boolean {
  return isRightGroup(split, group) && group[0]! < split.leftBits;
}

function costOf(split: Split, channels: number, groups: readonly GroupBits[]): number {
  const { leftBits, fixedBits, rightBits } = split;
  const changing = groups.filter((group) => seesFixed(split, group));
  const columnGroups = changing.filter((group) => isRightGroup(split, group)).length;
  const rowGroups = changing.length - columnGroups;
  const folding =
    ROW_FOLDING_COST * (1 + rowGroups) * 2 ** leftBits +
    COLUMN_FOLDING_COST * (1 + columnGroups) * 2 ** rightBits;
  // The inner loop takes two rows and sixteen columns at a time, whether they are there or not.
  const pairs = Math.max(2, 2 ** leftBits) * Math.max(16, 2 ** rightBits);
  const block = BLOCK_COST + folding * channels + pairs * (channels + TALLY_COST);
  return 2 ** fixedBits * block;
}
