/** Adding and subtracting it rounds to a whole number. */
const ROUNDING = 6755399441055744;
/** ln 2 in two parts; a small whole number times the first part is exact. */
const LN_2_HIGH = 0.6931471803691238;
const LN_2_LOW = 1.9082149292705877e-10;
/** Below it 2^n is subnormal, and e^x counts as 0. */
const LOWEST = -708;
const HIGHEST = 709;
/** Powers of the series that float64 needs for |r| <= ln(2) / 2. */
const TERMS = 14;

/** Its low word stays 0, so no other function may write to it. */
const power = new DataView(new ArrayBuffer(8));
const words = new DataView(new ArrayBuffer(8));

/** Returns 2^n for a whole n from -1022 to 1023. */
export function powerOfTwo(n: number): number {
  power.setUint32(0, (n + 1023) << 20);
  return power.getFloat64(0);
}

/**
 * Returns e^x by basic arithmetic, which gives the same bits on every host (Math.exp may differ), to
 * the last digits of float64: e^x = 2^n e^r with |r| <= ln(2) / 2, and e^r by its series.
 *
 * @param x at most 709; the result is 0 below -708
 * @throws RangeError above 709
 */
export function exponential(x: number): number {
  if (x > HIGHEST) throw new RangeError(`e^${x} is too large for float64`);
  if (x < LOWEST) return 0;
  const n = x * Math.LOG2E + ROUNDING - ROUNDING;
  const r = x - n * LN_2_HIGH - n * LN_2_LOW;
  let series = 1;
  for (let term = TERMS; term > 0; term--) series = 1 + (series * r) / term;
  return series * powerOfTwo(n);
}

/** Terms of the series that float64 needs for 1 / sqrt(2) <= m < sqrt(2). */
const LOG_TERMS = 12;

/**
 * Returns the natural logarithm by basic arithmetic: ln x = n ln 2 + ln m, and
 * ln m = 2 artanh((m - 1) / (m + 1)) by its series.
 *
 * @param x a positive normal number
 * @throws RangeError otherwise
 */
export function logarithm(x: number): number {
  words.setFloat64(0, x);
  const high = words.getUint32(0);
  const biased = high >>> 20;
  if (!(biased >= 1 && biased <= 2046)) {
    throw new RangeError(`${x} has no logarithm; it must be a positive normal number`);
  }
  words.setUint32(0, (high & 0xfffff) | (1023 << 20));
  let m = words.getFloat64(0);
  let n = biased - 1023;
  if (m >= Math.SQRT2) {
    m /= 2;
    n++;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let series = 0;
  for (let term = LOG_TERMS; term >= 0; term--) series = series * square + 1 / (2 * term + 1);
  return n * LN_2_HIGH + (n * LN_2_LOW + 2 * s * series);
}

/** Adding and subtracting it rounds to a whole number, halves as in assembly/sigmoid.ts. */
const SIGMOID_ROUNDING = 6755399441055744 + 1023;
/** Beyond it the sigmoid is practically 0 or 1, and 2^n would leave the range of float64. */
const MAX_LOGIT = 700;
/** exp(-r) = 1 - r + EXP_FIT[0] r^2 + EXP_FIT[1] r^3 + ... + EXP_FIT[5] r^7, a Chebyshev fit for |r| <= ln(2) / 2. */
const EXP_FIT = [
  0.500000001346581, -0.16666666681623232, 4.1666464925285904e-2, -8.3333109254809e-3,
  1.3933649996309251e-3, -1.9890990824673654e-4,
] as const;

/**
 * Returns the relevance of a logit, 1 / (1 + exp(-logit)), by basic arithmetic. Every host gives the
 * same bits, and so does the WebAssembly module (assembly/sigmoid.ts) for float32 logits. The
 * relative error is below 3e-10.
 *
 * @param logit finite
 */
export function sigmoid(logit: number): number {
  const x = Math.max(Math.min(logit, MAX_LOGIT), -MAX_LOGIT);
  const n = x * -Math.LOG2E + SIGMOID_ROUNDING - SIGMOID_ROUNDING;
  const r = x + n * Math.LN2;
  const square = r * r;
  const low = EXP_FIT[1] * r + EXP_FIT[0];
  const high = EXP_FIT[3] * r + EXP_FIT[2];
  const highest = EXP_FIT[5] * r + EXP_FIT[4];
  const fit = 1 - r + low * square + (high + highest * square) * (square * square);
  return 1 / (1 + fit * powerOfTwo(n));
}
