import { powerOfTwo } from "./exponential.ts";

/** Added and taken off again, it rounds to whole numbers, halves as assembly/sigmoid.ts does. */
const ROUNDING = 6755399441055744 + 1023;
/** Past it the sigmoid is 0 or 1 by any measure, and 2^n would leave float64. */
const LIMIT = 700;
/** 1 - r + r^2 q(-r), q a Chebyshev fit for |r| <= ln(2) / 2; highest power of r first. */
const FIT = [
  -1.9890990824673654e-4, 1.3933649996309251e-3, -8.3333109254809e-3, 4.1666464925285904e-2,
  -0.16666666681623232, 5.00000001346581e-1, -1, 1,
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
  let fit = 0;
  for (const coefficient of FIT) fit = fit * r + coefficient;
  return 1 / (1 + fit * powerOfTwo(n));
}
