/** The bits of a combination of audible components: first left, then fixed, then right ones. */
export interface Split {
  leftBits: number;
  /** Bits between left and right, fixed within a block. */
  fixedBits: number;
  rightBits: number;
}

/** Positions of a group's components among the audible ones, rising; empty for a constant group. */
export type GroupBits = readonly number[];

/** The most bits of one side: 2^13 states of 64 channels are 2 MiB. */
const MAX_SIDE_BITS = 13;
/** Cost of folding a number into a row, in additions to a logit. */
const ROW_FOLDING_COST = 2;
/** Cost of folding a number into a column, whose numbers are not contiguous. */
const COLUMN_FOLDING_COST = 8;
/** Cost of adding a combination to the statistics, in additions to a logit. */
const TALLY_COST = 50;
/** Fixed cost of a block, in additions to a logit. */
const BLOCK_COST = 20_000;

/**
 * Finds the cheapest split of the bits in which no group hears both a left and a right bit. Within a
 * block each group then depends on one side, and a logit combines a row of the left side with a column
 * of the right. The split without left bits always qualifies.
 *
 * @param bits number of audible components, 0 to 25
 * @param channels number of the table's channels
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

/** Returns true if a group belongs to the columns, which means that it hears a right bit. */
export function isRightGroup({ leftBits, fixedBits }: Split, group: GroupBits): boolean {
  return group.length > 0 && group.at(-1)! >= leftBits + fixedBits;
}

/** Returns true if a group hears bits that are fixed within a block. */
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
  // The inner loop always computes two rows and sixteen columns.
  const pairs = Math.max(2, 2 ** leftBits) * Math.max(16, 2 ** rightBits);
  const block = BLOCK_COST + folding * channels + pairs * (channels + TALLY_COST);
  return 2 ** fixedBits * block;
}
