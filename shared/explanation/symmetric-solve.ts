/** Pivots below this share of the largest diagonal entry count as zero. */
const SINGULAR_PIVOT = 1e-12;
const MAX_JACOBI_SWEEPS = 60;

/**
 * Returns the Cholesky factor L (lower triangle, row by row) of a symmetric matrix, or null if the
 * matrix is singular to working precision.
 */
function choleskyFactor(matrix: Float64Array, size: number): Float64Array | null {
  let scale = 0;
  for (let i = 0; i < size; i++) scale = Math.max(scale, Math.abs(matrix[i * size + i]!));
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * size + k]! * factor[j * size + k]!;
      if (i !== j) {
        factor[i * size + j] = sum / factor[j * size + j]!;
      } else if (sum > scale * SINGULAR_PIVOT) {
        factor[i * size + i] = Math.sqrt(sum);
      } else {
        return null;
      }
    }
  }
  return factor;
}

function substitute(factor: Float64Array, right: Float64Array, size: number): Float64Array {
  const x = right.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * size + k]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= factor[k * size + i]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  return x;
}

/** Zeroes entry (p, q) by rotating rows and columns p and q. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const entry = a[p * size + q]!;
  if (entry === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * entry);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const kp = a[k * size + p]!;
    const kq = a[k * size + q]!;
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  for (let k = 0; k < size; k++) {
    const pk = a[p * size + k]!;
    const qk = a[q * size + k]!;
    a[p * size + k] = c * pk - s * qk;
    a[q * size + k] = s * pk + c * qk;
    const vp = vectors[k * size + p]!;
    const vq = vectors[k * size + q]!;
    vectors[k * size + p] = c * vp - s * vq;
    vectors[k * size + q] = s * vp + c * vq;
  }
}

/** Computes eigenvalues by the cyclic Jacobi method (Golub and Van Loan, "Matrix Computations", section 8.5). */
function eigen(matrix: Float64Array, size: number): { values: number[]; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  const norm = Math.sqrt(a.reduce((sum, entry) => sum + entry * entry, 0));
  for (let sweep = 0; sweep < MAX_JACOBI_SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) off = Math.max(off, Math.abs(a[p * size + q]!));
    }
    if (off <= norm * Number.EPSILON * 1e-3) break;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q);
    }
  }
  return { values: Array.from({ length: size }, (_, i) => a[i * size + i]!), vectors };
}

function minimumNorm(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const { values, vectors } = eigen(matrix, size);
  const smallest = Math.max(0, ...values) * SINGULAR_PIVOT;
  const x = new Float64Array(size);
  values.forEach((value, k) => {
    if (value <= smallest) return;
    let projection = 0;
    for (let i = 0; i < size; i++) projection += vectors[i * size + k]! * right[i]!;
    for (let i = 0; i < size; i++) x[i]! += (projection / value) * vectors[i * size + k]!;
  });
  return x;
}

/**
 * Solves `matrix x = right` for a symmetric positive semi-definite matrix by Cholesky decomposition.
 * For a singular matrix it returns the least-squares solution of minimum norm, as scikit-learn's Ridge
 * does by an SVD.
 *
 * @param matrix [size x size], row by row
 * @param right [size]
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const factor = choleskyFactor(matrix, size);
  return factor === null ? minimumNorm(matrix, right, size) : substitute(factor, right, size);
}
