/** Numbers in row-major order; `dims` [] is a scalar. */
export interface FloatTensor {
  dims: readonly number[];
  data: Float32Array<ArrayBuffer>;
}

/** Number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}
