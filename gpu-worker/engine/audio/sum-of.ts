/** Samples per pass, which fit the processor's first-level cache. */
const BLOCK = 2048;

/**
 * Adds signals in float64 in their order and divides the sums.
 *
 * @param signals at least one, all of one length
 * @param divisor 1 for the sum, the number of signals for their mean
 * @param result receives the result; a new array by default
 */
export function sumOf(
  signals: readonly Float32Array[],
  divisor = 1,
  result: Float32Array = new Float32Array(signals[0]!.length),
): Float32Array {
  const [first, second] = signals;
  if (signals.length === 2) {
    for (let i = 0; i < result.length; i++) result[i] = (first![i]! + second![i]!) / divisor;
    return result;
  }
  const sums = new Float64Array(BLOCK);
  for (let start = 0; start < result.length; start += BLOCK) {
    const count = Math.min(BLOCK, result.length - start);
    sums.fill(0);
    for (const signal of signals) addBlock(sums, signal, start, count);
    for (let i = 0; i < count; i++) result[start + i] = sums[i]! / divisor;
  }
  return result;
}

function addBlock(sums: Float64Array, signal: Float32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) sums[i]! += signal[start + i]!;
}
