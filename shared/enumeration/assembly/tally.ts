/** Statistics by number of ones, gathered from rows of logits. */
import {
  blockSums,
  columnSums,
  components,
  fixedBits,
  highBits,
  highest,
  highestMask,
  lanes,
  leftBits,
  logits,
  lowest,
  lowestMask,
  QUAD,
  quadRuns,
  quadStates,
  quads,
  rightBits,
  rowStates,
  rowSums,
  rows,
  scratch,
  squares,
  statistics,
  sums,
  sumsOn,
  TILE_COLUMNS,
  tiles,
} from "./layout";
import { computeLogits } from "./logits";
import { CONSTANTS, EXPONENT_SHIFT, LIMITS } from "./sigmoid";
import { fixed } from "./states";

/** Relevance of the whole track, which is subtracted from all relevances. */
let origin: f64 = 0;
/** Number of ones of the rows in `columnSums`. */
let columnOnes: i32 = 0;

/** Clears the statistics. */
export function beginTally(wholeRelevance: f64): void {
  origin = wholeRelevance;
  memory.fill(statistics, 0, (components + 1) * (components + 6) * 8);
  for (let ones = 0; ones <= components; ones++) {
    store<f64>(lowest + (ones << 3), f64.MAX_VALUE);
    store<f64>(highest + (ones << 3), -f64.MAX_VALUE);
  }
  memory.fill(columnSums, 0, quads * QUAD * 8);
  memory.fill(blockSums, 0, (components + 1) * 8);
  columnOnes = 0;
}

/** Returns the logit of the mask with all bits on. The current block must be the last. */
export function wholeLogit(): f32 {
  computeLogits(max(0, rows - 2));
  const row = rows > 1 ? tiles * TILE_COLUMNS : 0;
  return load<f32>(logits + ((row + (quads - 1) * QUAD + lanes - 1) << 2));
}

/** Adds the masks of row `row` and, if it exists, of row `row + 1`. */
export function addRows(row: i32): void {
  computeLogits(row);
  addRow(row, logits);
  if (row + 1 < rows) addRow(row + 1, logits + tiles * TILE_COLUMNS * 4);
}

function addRow(row: i32, values: usize): void {
  const state = load<u32>(rowStates + (row << 2)) as i32;
  const leftOnes = popcnt<i32>(state);
  if (leftOnes !== columnOnes) {
    addColumns();
    columnOnes = leftOnes;
  }
  const rowMask = state | (fixed << leftBits);
  const ones = leftOnes + popcnt<i32>(fixed);
  memory.fill(rowSums, 0, (rightBits + 1) * 8);
  for (let high = 0; high <= highBits; high++) addRun(values, high, rowMask, ones);
  for (let columnOnes = 0; columnOnes <= rightBits; columnOnes++) {
    const sum = load<f64>(rowSums + (columnOnes << 3));
    add(blockSums, ones + columnOnes, sum);
    addToComponents(ones + columnOnes, state, 0, sum);
  }
}

/** Adds the quads whose high bits have `high` ones. */
function addRun(values: usize, high: i32, rowMask: i32, ones: i32): void {
  const first = load<u32>(quadRuns + (high << 2)) as usize;
  const end = load<u32>(quadRuns + ((high + 1) << 2)) as usize;
  const scale = v128.load64_splat(CONSTANTS);
  const rounding = v128.load64_splat(CONSTANTS, 8);
  const ln2 = v128.load64_splat(CONSTANTS, 16);
  const c5 = v128.load64_splat(CONSTANTS, 24);
  const c4 = v128.load64_splat(CONSTANTS, 32);
  const c3 = v128.load64_splat(CONSTANTS, 40);
  const c2 = v128.load64_splat(CONSTANTS, 48);
  const c1 = v128.load64_splat(CONSTANTS, 56);
  const c0 = v128.load64_splat(CONSTANTS, 64);
  const one = v128.load64_splat(CONSTANTS, 72);
  const start = f64x2.splat(origin);
  let sumA = f64x2.splat(0);
  let sumB = sumA;
  let squareA = sumA;
  let squareB = sumA;
  let low = f32x4.splat(f32.MAX_VALUE);
  let top = f32x4.splat(-f32.MAX_VALUE);
  let at = values + (first << 4);
  let column = columnSums + (first << 5);
  const atEnd = values + (end << 4);
  while (at < atEnd) {
    const logit = v128.load(at);
    low = f32x4.pmin(low, logit);
    top = f32x4.pmax(top, logit);
    const x = f32x4.pmax(
      f32x4.pmin(logit, v128.load32_splat(LIMITS, 4)),
      v128.load32_splat(LIMITS),
    );
    const xA = f64x2.promote_low_f32x4(x);
    const xB = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
    const shiftedA = f64x2.add(f64x2.mul(xA, scale), rounding);
    const shiftedB = f64x2.add(f64x2.mul(xB, scale), rounding);
    const rA = f64x2.add(xA, f64x2.mul(f64x2.sub(shiftedA, rounding), ln2));
    const rB = f64x2.add(xB, f64x2.mul(f64x2.sub(shiftedB, rounding), ln2));
    const squareRA = f64x2.mul(rA, rA);
    const squareRB = f64x2.mul(rB, rB);
    let a = f64x2.add(
      f64x2.add(f64x2.sub(one, rA), f64x2.mul(f64x2.add(f64x2.mul(c1, rA), c0), squareRA)),
      f64x2.mul(
        f64x2.add(
          f64x2.add(f64x2.mul(c3, rA), c2),
          f64x2.mul(f64x2.add(f64x2.mul(c5, rA), c4), squareRA),
        ),
        f64x2.mul(squareRA, squareRA),
      ),
    );
    let b = f64x2.add(
      f64x2.add(f64x2.sub(one, rB), f64x2.mul(f64x2.add(f64x2.mul(c1, rB), c0), squareRB)),
      f64x2.mul(
        f64x2.add(
          f64x2.add(f64x2.mul(c3, rB), c2),
          f64x2.mul(f64x2.add(f64x2.mul(c5, rB), c4), squareRB),
        ),
        f64x2.mul(squareRB, squareRB),
      ),
    );
    a = f64x2.mul(a, i64x2.shl(shiftedA, EXPONENT_SHIFT));
    b = f64x2.mul(b, i64x2.shl(shiftedB, EXPONENT_SHIFT));
    a = f64x2.sub(f64x2.div(one, f64x2.add(one, a)), start);
    b = f64x2.sub(f64x2.div(one, f64x2.add(one, b)), start);
    sumA = f64x2.add(sumA, a);
    sumB = f64x2.add(sumB, b);
    squareA = f64x2.add(squareA, f64x2.mul(a, a));
    squareB = f64x2.add(squareB, f64x2.mul(b, b));
    v128.store(column, f64x2.add(v128.load(column), a));
    v128.store(column, f64x2.add(v128.load(column, 16), b), 16);
    at += 16;
    column += 32;
  }
  v128.store(scratch, sumA);
  v128.store(scratch, sumB, 16);
  v128.store(scratch, squareA, 32);
  v128.store(scratch, squareB, 48);
  for (let lane = 0; lane < lanes; lane++) {
    const columnOnes = high + popcnt<i32>(lane);
    add(rowSums, columnOnes, load<f64>(scratch + (lane << 3)));
    add(squares, ones + columnOnes, load<f64>(scratch + 32 + (lane << 3)));
  }
  v128.store(scratch, low);
  v128.store(scratch, top, 16);
  for (let lane = 0; lane < lanes; lane++) {
    const total = ones + high + popcnt<i32>(lane);
    const least = load<f32>(scratch + (lane << 2));
    const most = load<f32>(scratch + 16 + (lane << 2));
    if ((least as f64) <= load<f64>(lowest + (total << 3))) {
      keep(lowest, lowestMask, total, least, maskOf(values, first, end, lane, least, rowMask));
    }
    if ((most as f64) >= load<f64>(highest + (total << 3))) {
      keep(highest, highestMask, total, most, maskOf(values, first, end, lane, most, rowMask));
    }
  }
}

/** Returns the smallest mask number of the run with this logit. */
function maskOf(values: usize, first: usize, end: usize, lane: i32, logit: f32, rowMask: i32): i32 {
  for (let quad = first; quad < end; quad++) {
    if (load<f32>(values + (quad << 4) + (lane << 2)) === logit) {
      const state = ((load<u32>(quadStates + (quad << 2)) as i32) << 2) | lane;
      return rowMask | (state << (leftBits + fixedBits));
    }
  }
  return unreachable();
}

function keep(extremes: usize, masks: usize, ones: i32, logit: f32, mask: i32): void {
  const extreme = extremes + (ones << 3);
  const at = masks + (ones << 3);
  if (load<f64>(extreme) === (logit as f64) && load<f64>(at) <= (mask as f64)) return;
  store<f64>(extreme, logit as f64);
  store<f64>(at, mask as f64);
}

/** Moves the sums of columns into those of the right components. */
function addColumns(): void {
  const ones = columnOnes + popcnt<i32>(fixed);
  for (let quad = 0; quad < quads; quad++) {
    const high = (load<u32>(quadStates + (quad << 2)) as i32) << 2;
    for (let lane = 0; lane < lanes; lane++) {
      const state = high | lane;
      const sum = load<f64>(columnSums + ((quad * QUAD + lane) << 3));
      addToComponents(ones + popcnt<i32>(state), state, leftBits + fixedBits, sum);
    }
  }
  memory.fill(columnSums, 0, quads * QUAD * 8);
}

/** Finishes a block. */
export function endBlock(): void {
  addColumns();
  columnOnes = 0;
  for (let ones = 0; ones <= components; ones++) {
    const sum = load<f64>(blockSums + (ones << 3));
    add(sums, ones, sum);
    addToComponents(ones, fixed, leftBits, sum);
  }
  memory.fill(blockSums, 0, (components + 1) * 8);
}

/** Adds to each component `first + bit` whose bit is on in `state`. */
function addToComponents(ones: i32, state: i32, first: i32, sum: f64): void {
  const row = sumsOn + ((ones * components + first) << 3);
  for (let rest = state; rest !== 0; rest &= rest - 1) {
    const at = row + (ctz<i32>(rest) << 3);
    store<f64>(at, load<f64>(at) + sum);
  }
}

function add(array: usize, index: i32, value: f64): void {
  const at = array + (index << 3);
  store<f64>(at, load<f64>(at) + value);
}
