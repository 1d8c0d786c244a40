import { createImdct } from "../imdct.ts";
import { type ChannelStream, EIGHT_SHORT } from "./aac-stream.ts";

const LONG = 1024;
const SHORT = 128;

/** Output of full scale: the coefficients are those of 16-bit samples. */
const SCALE = 1 / 32_768;

/** Rising halves of the windows, by shape: 0 sine, 1 Kaiser-Bessel derived. */
const LONG_SLOPES = [sineSlope(LONG), kaiserBesselSlope(LONG, 4)];
const SHORT_SLOPES = [sineSlope(SHORT), kaiserBesselSlope(SHORT, 6)];

function sineSlope(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => Math.sin((Math.PI / (2 * length)) * (n + 0.5)));
}

/** ISO 14496-3, section 4.6.11.3.2. */
function kaiserBesselSlope(length: number, alpha: number): Float32Array {
  const kernel = Float64Array.from({ length: length + 1 }, (_, n) => {
    const x = (2 * n) / length - 1;
    return besselI0(Math.PI * alpha * Math.sqrt(1 - x * x));
  });
  const total = kernel.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return Float32Array.from({ length }, (_, n) => {
    sum += kernel[n]!;
    return Math.sqrt(sum / total);
  });
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}

/** Turns the lines of one channel's frames into samples (ISO 14496-3, section 4.6.11). */
export class AacFilterbank {
  private readonly overlap = new Float32Array(LONG);
  private readonly long = new Float32Array(2 * LONG);
  private readonly short = new Float32Array(2 * SHORT);
  private readonly longImdct = createImdct(2 * LONG);
  private readonly shortImdct = createImdct(2 * SHORT);
  private previousShape = 0;

  /** Writes 1,024 samples to the output at `position`. */
  synthesise({ lines, windows }: ChannelStream, output: Float32Array, position: number): void {
    const { sequence, shape } = windows;
    if (sequence === EIGHT_SHORT) this.transformShort(lines, shape);
    else this.transformLong(lines, sequence, shape);
    for (let i = 0; i < LONG; i++) {
      output[position + i] = (this.overlap[i]! + this.long[i]!) * SCALE;
      this.overlap[i] = this.long[LONG + i]!;
    }
    this.previousShape = shape;
  }

  private transformLong(lines: Float32Array, sequence: number, shape: number): void {
    const { long } = this;
    this.longImdct(lines, 0, long);
    const rising = sequence === 3 ? SHORT_SLOPES : LONG_SLOPES;
    const falling = sequence === 1 ? SHORT_SLOPES : LONG_SLOPES;
    const left = rising[this.previousShape]!;
    const right = falling[shape]!;
    const leftFlat = (LONG - left.length) / 2;
    const rightFlat = (LONG - right.length) / 2;
    const gain = 1 / LONG;
    for (let i = 0; i < LONG; i++) {
      const l = i - leftFlat;
      const r = i - rightFlat;
      long[i]! *= gain * (l < 0 ? 0 : l < left.length ? left[l]! : 1);
      long[LONG + i]! *= gain * (r < 0 ? 1 : r < right.length ? right[right.length - 1 - r]! : 0);
    }
  }

  /** Eight windows of 256 samples, 128 apart, in the middle of the frame. */
  private transformShort(lines: Float32Array, shape: number): void {
    const { long, short } = this;
    long.fill(0);
    const falling = SHORT_SLOPES[shape]!;
    for (let window = 0; window < 8; window++) {
      this.shortImdct(lines, window * SHORT, short);
      const rising = SHORT_SLOPES[window === 0 ? this.previousShape : shape]!;
      const start = (LONG - SHORT) / 2 + window * SHORT;
      for (let i = 0; i < SHORT; i++) {
        long[start + i]! += (short[i]! * rising[i]!) / SHORT;
        long[start + SHORT + i]! += (short[SHORT + i]! * falling[SHORT - 1 - i]!) / SHORT;
      }
    }
  }
}
