import { powerOfTwo } from "./exponential.ts";

/** Added and taken off again, it rounds to whole numbers, halves as assembly/sigmoid.ts does. */
const ROUNDING = 6755399441055744 + 1023;
/** Past it the sigmoid is 0 or 1 by any measure, and 2^n would leave float64. */
const LIMIT = 700;
/** exp(-r) = 1 - r + C[0] r^2 + C[1] r^3 + ... + C[5] r^7, a Chebyshev fit for |r| <= ln(2) / 2. */
const C = [
  0.500000001346581, -0.16666666681623232, 4.1666464925285904e-2, -8.3333109254809e-3,
  1.3933649996309251e-3, -1.9890990824673654e-4,
] as const;

/**
 * sigmoid(logit) = 1 / (1 + exp(-logit)), the relevance, by basic arithmetic alone: every host gives
 * the same bits, and so does the enumeration in WebAssembly (assembly/sigmoid.ts), for float32
 * logits. Within 3e-10 of the true value, relatively.
 *
 * @param logit finite
 */
export function sigmoid(logit: number): number {
  const x = Math.max(Math.min(logit, LIMIT), -LIMIT);
  const n = x * -Math.LOG2E + ROUNDING - ROUNDING;
  const r = x + n * Math.LN2;
  const square = r * r;
  const low = C[1] * r + C[0];
  const high = C[3] * r + C[2];
  const highest = C[5] * r + C[4];
  const fit = 1 - r + low * square + (high + highest * square) * (square * square);
  return 1 / (1 + fit * powerOfTwo(n));
}
