/** Zero crossings of the sinc on either side, which set the length of the filter. */
export const ZERO_CROSSINGS = 82;

/** Kaiser's shape parameter for 110 dB of stopband attenuation: 0.1102 (110 - 8.7). */
const KAISER_BETA = 0.1102 * (110 - 8.7);

/**
 * Centre of the transition band, relative to the lower Nyquist frequency. The band is 0.087 wide
 * (Kaiser's formula for this length and attenuation): frequencies below 0.913 pass, and those above 1
 * can't alias. soxr's "HQ", librosa's default, has the same pass band.
 */
const CUTOFF = 0.9565;

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/** Kaiser-windowed sinc at time t, in samples of the lower rate (Smith, "Digital Audio Resampling"). */
function kernel(t: number): number {
  const part = t / ZERO_CROSSINGS;
  const edge = 1 - part * part;
  if (edge <= 0) return 0;
  const angle = Math.PI * CUTOFF * t;
  return (t === 0 ? 1 : Math.sin(angle) / angle) * besselI0(KAISER_BETA * Math.sqrt(edge));
}

/**
 * Returns the low-pass kernel at `taps` equally spaced times, scaled to a sum of one, which keeps
 * constants.
 *
 * @param first time of the first tap, in samples of the lower rate, relative to the kernel's centre
 * @param step time between taps, in samples of the lower rate
 */
export function kernelRow(taps: number, first: number, step: number): Float64Array {
  const row = new Float64Array(taps);
  let sum = 0;
  for (let j = 0; j < taps; j++) {
    row[j] = kernel(first + j * step);
    sum += row[j]!;
  }
  return row.map((value) => value / sum);
}
