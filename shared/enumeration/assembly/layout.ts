/**
 * The memory layout and the order of states.
 *
 * A mask's number has one bit per audible component, from the lowest: left, fixed, right. A *row* is a
 * state of the left bits, a *column* one of the right bits, and a *block* all rows and columns at one
 * state of the fixed bits. Rows are ordered by their number of ones. Columns form quads (the two lowest
 * right bits), ordered by the ones of the higher bits, four quads to a tile. In a run of quads, each
 * lane therefore has one number of ones.
 */
export const TILE_COLUMNS: i32 = 16;
export const QUAD: i32 = 4;

export let leftBits: i32 = 0;
export let fixedBits: i32 = 0;
export let rightBits: i32 = 0;
export let components: i32 = 0;
/** Number of channels whose maximum is added, the first ones; the others are subtracted. */
export let positive: i32 = 0;
export let channels: i32 = 0;

export let rows: i32 = 0;
/** Number of rows, rounded up to an even number. */
export let paddedRows: i32 = 0;
export let quads: i32 = 0;
export let tiles: i32 = 0;
/** Lanes of a quad that are columns: 4 from two right bits on. */
export let lanes: i32 = 0;
/** Number of right bits above those of a lane. */
export let highBits: i32 = 0;

/** u32 [rows]: the left state of each row. */
export let rowStates: usize = 0;
/** u32 [quads]: the high right bits of each quad. */
export let quadStates: usize = 0;
/** u32 [highBits + 2]: the first quad with each number of ones. */
export let quadRuns: usize = 0;

/** f32 [paddedRows, channels] and f64 [paddedRows]: groups without fixed bits. */
export let baseLeft: usize = 0;
export let baseLeftScalars: usize = 0;
/** The same, with all groups of the current block. */
export let left: usize = 0;
export let leftScalars: usize = 0;
/** f32 [tiles, channels, 16] and f64 [tiles, 16]. */
export let baseRight: usize = 0;
export let baseRightScalars: usize = 0;
export let right: usize = 0;
export let rightScalars: usize = 0;
/** f32 [tiles, 16]. */
export let rightStarts: usize = 0;
/** f32 [2, tiles, 16]: logits of two rows. */
export let logits: usize = 0;
/** f64 [quads, 4]: sums over the rows with one number of ones. */
export let columnSums: usize = 0;
/** f64 [components + 1]: sums of the block by number of ones. */
export let blockSums: usize = 0;
/** f64 [rightBits + 1]: sums of the row by number of ones of the column. */
export let rowSums: usize = 0;
/** f64 [8]: sums of the lanes of a run. */
export let scratch: usize = 0;

/** Statistics by number of ones, contiguous float64 that the host reads. */
export let statistics: usize = 0;
export let sums: usize = 0;
export let squares: usize = 0;
/** f64 [components + 1, components]. */
export let sumsOn: usize = 0;
export let lowest: usize = 0;
export let highest: usize = 0;
export let lowestMask: usize = 0;
export let highestMask: usize = 0;

let next: usize = 0;

function take(bytes: i32): usize {
  const start = next;
  next += ((bytes as usize) + 15) & ~15;
  return start;
}

/**
 * Lays out the memory for a split of the bits.
 *
 * @returns the first free byte, at which the host places the table
 */
export function configure(
  left_: i32,
  fixed: i32,
  right_: i32,
  positiveChannels: i32,
  allChannels: i32,
): usize {
  leftBits = left_;
  fixedBits = fixed;
  rightBits = right_;
  components = left_ + fixed + right_;
  positive = positiveChannels;
  channels = allChannels;
  rows = 1 << leftBits;
  paddedRows = max(2, rows);
  highBits = max(0, rightBits - 2);
  quads = 1 << highBits;
  tiles = (quads + 3) >> 2;
  lanes = 1 << min(2, rightBits);

  next = (__heap_base + 15) & ~15;
  rowStates = take(rows * 4);
  quadStates = take(quads * 4);
  quadRuns = take((highBits + 2) * 4);
  baseLeft = take(paddedRows * channels * 4);
  left = take(paddedRows * channels * 4);
  baseLeftScalars = take(paddedRows * 8);
  leftScalars = take(paddedRows * 8);
  baseRight = take(tiles * TILE_COLUMNS * channels * 4);
  right = take(tiles * TILE_COLUMNS * channels * 4);
  baseRightScalars = take(tiles * TILE_COLUMNS * 8);
  rightScalars = take(tiles * TILE_COLUMNS * 8);
  rightStarts = take(tiles * TILE_COLUMNS * 4);
  logits = take(tiles * TILE_COLUMNS * 2 * 4);
  columnSums = take(quads * QUAD * 8);
  blockSums = take((components + 1) * 8);
  rowSums = take((rightBits + 1) * 8);
  scratch = take(8 * 8);
  const sizes = components + 1;
  statistics = take(sizes * (components + 6) * 8);
  sums = statistics;
  squares = sums + sizes * 8;
  sumsOn = squares + sizes * 8;
  lowest = sumsOn + sizes * components * 8;
  highest = lowest + sizes * 8;
  lowestMask = highest + sizes * 8;
  highestMask = lowestMask + sizes * 8;

  const pages = ((next + 0xffff) >> 16) as i32;
  if (pages > memory.size()) {
    if (memory.grow(pages - memory.size()) < 0) unreachable();
  }
  sortByOnes(rowStates, leftBits, 0);
  sortByOnes(quadStates, highBits, quadRuns);
  return next;
}

/** Lists the states of `bits` bits by number of ones, then by value. */
function sortByOnes(states: usize, bits: i32, runs: usize): void {
  let count = 0;
  for (let ones = 0; ones <= bits; ones++) {
    if (runs) store<u32>(runs + (ones << 2), count);
    for (let state = 0; state < 1 << bits; state++) {
      if (popcnt<i32>(state) === ones) store<u32>(states + (count++ << 2), state);
    }
  }
  if (runs) store<u32>(runs + ((bits + 1) << 2), count);
}
