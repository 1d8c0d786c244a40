/**
 * Computes sigmoid(x) = 1 / (1 + exp(-x)) in float64 by additions, multiplications, a division and bit
 * shifts, which IEEE 754 fixes to the last bit. shared/explanation/exponential.ts takes the same steps.
 *
 * exp(-x) = 2^n exp(-r) with n = round(-x / ln 2), r = x + n ln 2, |r| <= ln(2) / 2, and
 * exp(-r) = 1 - r + r^2 q(-r) with q a Chebyshev fit of degree 5; the relative error is below 3e-10.
 * Estrin's scheme sums in pairs, which shortens the chain of dependent steps.
 */

/**
 * Constants in memory: V8 builds a vector constant in code with four instructions at each use.
 */
export const CONSTANTS: usize = memory.data<f64>([
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: static data must be literals
  -1.4426950408889634, // -1 / ln 2
  // Adding and subtracting it rounds to a whole number; the low bits then hold n + 1023.
  6755399441055744.0 + 1023.0,
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: static data must be literals
  0.6931471805599453, // ln 2
  -1.9890990824673654e-4,
  1.3933649996309251e-3,
  -8.3333109254809e-3,
  4.1666464925285904e-2,
  -0.16666666681623232,
  5.00000001346581e-1,
  1.0,
]);
export const EXPONENT_SHIFT: i32 = 52;
/** Beyond these logits the sigmoid is practically 0 or 1, and 2^n would leave the range of float64. */
export const LIMITS: usize = memory.data<f32>([-700, 700]);

/** Returns the relevance of one logit by the same steps. */
export function relevance(logit: f32): f64 {
  const x = max(min(logit, load<f32>(LIMITS, 4)), load<f32>(LIMITS)) as f64;
  const rounding = load<f64>(CONSTANTS, 8);
  const shifted = x * load<f64>(CONSTANTS) + rounding;
  const r = x + (shifted - rounding) * load<f64>(CONSTANTS, 16);
  const square = r * r;
  const high = load<f64>(CONSTANTS, 40) * r + load<f64>(CONSTANTS, 48);
  const highest = load<f64>(CONSTANTS, 24) * r + load<f64>(CONSTANTS, 32);
  const low = load<f64>(CONSTANTS, 56) * r + load<f64>(CONSTANTS, 64);
  const fit = 1.0 - r + low * square + (high + highest * square) * (square * square);
  const power = reinterpret<f64>(reinterpret<i64>(shifted) << EXPONENT_SHIFT);
  return 1.0 / (1.0 + fit * power);
}
