/**
 * The inner loop: logit = left scalar + right scalar + sum over positive channels of
 * max(left, right) - sum over the others of max(left, right). It computes sixteen columns of two rows
 * at once, as eight independent sums.
 */
import {
  channels,
  left,
  leftScalars,
  logits,
  positive,
  right,
  rightStarts,
  TILE_COLUMNS,
  tiles,
} from "./layout";

/** Writes the logits of rows `row` and `row + 1` with every column to `logits`. */
export function computeLogits(row: i32): void {
  const stride: usize = (channels as usize) << 2;
  const rowA = left + (row as usize) * stride;
  const rowB = rowA + stride;
  const positiveEnd = rowA + ((positive as usize) << 2);
  const startA = f32x4.splat(load<f64>(leftScalars + (row << 3)) as f32);
  const startB = f32x4.splat(load<f64>(leftScalars + ((row + 1) << 3)) as f32);
  const rowBytes: usize = (tiles as usize) * TILE_COLUMNS * 4;
  let column = right;
  let start = rightStarts;
  let out = logits;
  const outEnd = logits + rowBytes;
  while (out < outEnd) {
    let a0 = f32x4.add(startA, v128.load(start));
    let a1 = f32x4.add(startA, v128.load(start, 16));
    let a2 = f32x4.add(startA, v128.load(start, 32));
    let a3 = f32x4.add(startA, v128.load(start, 48));
    let b0 = f32x4.add(startB, v128.load(start));
    let b1 = f32x4.add(startB, v128.load(start, 16));
    let b2 = f32x4.add(startB, v128.load(start, 32));
    let b3 = f32x4.add(startB, v128.load(start, 48));
    let at = rowA;
    while (at < positiveEnd) {
      const a = v128.load32_splat(at);
      const b = v128.load32_splat(at + stride);
      const c0 = v128.load(column);
      const c1 = v128.load(column, 16);
      const c2 = v128.load(column, 32);
      const c3 = v128.load(column, 48);
      a0 = f32x4.add(a0, f32x4.pmax(c0, a));
      a1 = f32x4.add(a1, f32x4.pmax(c1, a));
      a2 = f32x4.add(a2, f32x4.pmax(c2, a));
      a3 = f32x4.add(a3, f32x4.pmax(c3, a));
      b0 = f32x4.add(b0, f32x4.pmax(c0, b));
      b1 = f32x4.add(b1, f32x4.pmax(c1, b));
      b2 = f32x4.add(b2, f32x4.pmax(c2, b));
      b3 = f32x4.add(b3, f32x4.pmax(c3, b));
      at += 4;
      column += 64;
    }
    while (at < rowB) {
      const a = v128.load32_splat(at);
      const b = v128.load32_splat(at + stride);
      const c0 = v128.load(column);
      const c1 = v128.load(column, 16);
      const c2 = v128.load(column, 32);
      const c3 = v128.load(column, 48);
      a0 = f32x4.sub(a0, f32x4.pmax(c0, a));
      a1 = f32x4.sub(a1, f32x4.pmax(c1, a));
      a2 = f32x4.sub(a2, f32x4.pmax(c2, a));
      a3 = f32x4.sub(a3, f32x4.pmax(c3, a));
      b0 = f32x4.sub(b0, f32x4.pmax(c0, b));
      b1 = f32x4.sub(b1, f32x4.pmax(c1, b));
      b2 = f32x4.sub(b2, f32x4.pmax(c2, b));
      b3 = f32x4.sub(b3, f32x4.pmax(c3, b));
      at += 4;
      column += 64;
    }
    v128.store(out, a0);
    v128.store(out, a1, 16);
    v128.store(out, a2, 32);
    v128.store(out, a3, 48);
    v128.store(out + rowBytes, b0);
    v128.store(out + rowBytes, b1, 16);
    v128.store(out + rowBytes, b2, 32);
    v128.store(out + rowBytes, b3, 48);
    start += 64;
    out += 64;
  }
}
