/** Folds the groups of the table into one vector per row and one per column. */
import {
  baseLeft,
  baseLeftScalars,
  baseRight,
  baseRightScalars,
  channels,
  fixedBits,
  lanes,
  left,
  leftBits,
  leftScalars,
  paddedRows,
  QUAD,
  quadStates,
  quads,
  right,
  rightScalars,
  rightStarts,
  rowStates,
  rows,
  TILE_COLUMNS,
  tiles,
} from "./layout";

/** Below every number of the table: the start value, which stays on a side without groups. */
const FLOOR: f32 = -f32.MAX_VALUE;

/** State of the fixed bits of the current block. */
export let fixed: i32 = 0;
/** True while groups are folded into the base, from which every block starts. */
let inBase: bool = false;

/** Clears the base. Next, fold the groups without fixed bits. */
export function beginBase(bias: f64): void {
  inBase = true;
  fixed = 0;
  for (let row = 0; row < paddedRows; row++) {
    store<f64>(baseLeftScalars + (row << 3), bias);
    const vector = baseLeft + row * channels * 4;
    for (let c = 0; c < channels; c++) store<f32>(vector + (c << 2), FLOOR);
  }
  for (let tile = 0; tile < tiles; tile++) {
    for (let column = 0; column < TILE_COLUMNS; column++) {
      store<f64>(baseRightScalars + ((tile * TILE_COLUMNS + column) << 3), 0);
      for (let c = 0; c < channels; c++) {
        store<f32>(baseRight + (((tile * channels + c) * TILE_COLUMNS + column) << 2), FLOOR);
      }
    }
  }
}

/** Starts a block from the base. Next, fold the groups with fixed bits. */
export function beginStates(state: i32): void {
  inBase = false;
  fixed = state;
  memory.copy(left, baseLeft, paddedRows * channels * 4);
  memory.copy(leftScalars, baseLeftScalars, paddedRows * 8);
  memory.copy(right, baseRight, tiles * TILE_COLUMNS * channels * 4);
  memory.copy(rightScalars, baseRightScalars, tiles * TILE_COLUMNS * 8);
}

/**
 * Folds a group into the rows.
 *
 * @param scalars f32, one a combination
 * @param maxima f32 [combinations, channels]
 * @param positions u32: the mask bits of a combination
 * @param count number of positions
 */
export function foldLeft(scalars: usize, maxima: usize, positions: usize, count: i32): void {
  const vectors = inBase ? baseLeft : left;
  const totals = inBase ? baseLeftScalars : leftScalars;
  for (let row = 0; row < rows; row++) {
    const mask = (load<u32>(rowStates + (row << 2)) as i32) | (fixed << leftBits);
    const combination = gather(mask, positions, count);
    addScalar(totals + (row << 3), scalars + (combination << 2));
    let at = vectors + row * channels * 4;
    const end = at + (channels << 2);
    let source = maxima + combination * channels * 4;
    for (; at + 16 <= end; at += 16, source += 16) {
      v128.store(at, f32x4.pmax(v128.load(at), v128.load(source)));
    }
    for (; at < end; at += 4, source += 4) keepLarger(at, source);
  }
}

/** Folds a group into the columns; see {@link foldLeft}. */
export function foldRight(scalars: usize, maxima: usize, positions: usize, count: i32): void {
  const vectors = inBase ? baseRight : right;
  const totals = inBase ? baseRightScalars : rightScalars;
  for (let quad = 0; quad < quads; quad++) {
    const high = load<u32>(quadStates + (quad << 2)) as i32;
    const tile = quad >> 2;
    for (let lane = 0; lane < lanes; lane++) {
      const column = (quad & 3) * QUAD + lane;
      const state = (high << 2) | lane;
      const mask = (fixed << leftBits) | (state << (leftBits + fixedBits));
      const combination = gather(mask, positions, count);
      addScalar(totals + ((tile * TILE_COLUMNS + column) << 3), scalars + (combination << 2));
      let at = vectors + ((tile * channels * TILE_COLUMNS + column) << 2);
      let source = maxima + combination * channels * 4;
      const end = source + (channels << 2);
      for (; source < end; source += 4, at += TILE_COLUMNS * 4) keepLarger(at, source);
    }
  }
}

/** Collects the bits at the given positions; the first becomes the lowest. */
function gather(mask: i32, positions: usize, count: i32): i32 {
  let bits = 0;
  for (let i = 0; i < count; i++) bits |= ((mask >> load<u32>(positions + (i << 2))) & 1) << i;
  return bits;
}

function addScalar(total: usize, scalar: usize): void {
  store<f64>(total, load<f64>(total) + (load<f32>(scalar) as f64));
}

function keepLarger(at: usize, source: usize): void {
  const value = load<f32>(source);
  if (value > load<f32>(at)) store<f32>(at, value);
}

/** Finishes folding; call it after all groups of a block. */
export function settleStates(): void {
  const columns = tiles * TILE_COLUMNS;
  for (let column = 0; column < columns; column++) {
    store<f32>(rightStarts + (column << 2), load<f64>(rightScalars + (column << 3)) as f32);
  }
}
