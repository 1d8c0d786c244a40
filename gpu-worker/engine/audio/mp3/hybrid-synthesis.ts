import { SYNTHESIS_WINDOW } from "./tables.ts";

/** Alias reduction coefficients of ISO 11172-3, table B.9. */
const ALIAS = [-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037].map((c) => ({
  cs: 1 / Math.sqrt(1 + c * c),
  ca: c / Math.sqrt(1 + c * c),
}));

/** Removes the aliasing between the first `subbands` subbands. */
export function reduceAlias(lines: Float32Array, subbands: number): void {
  for (let subband = 1; subband < subbands; subband++) {
    for (let i = 0; i < 8; i++) {
      const low = 18 * subband - 1 - i;
      const high = 18 * subband + i;
      const { cs, ca } = ALIAS[i]!;
      const a = lines[low]!;
      const b = lines[high]!;
      lines[low] = a * cs - b * ca;
      lines[high] = b * cs + a * ca;
    }
  }
}

const sine = (n: number, size: number) => Math.sin((Math.PI / size) * (n + 0.5));

/** Windows of 36 samples by block type: normal, start, (short), stop. */
const WINDOWS: readonly Float64Array[] = [0, 1, 2, 3].map((type) =>
  Float64Array.from({ length: 36 }, (_, n) => {
    if (type === 1 && n >= 18) return n < 24 ? 1 : n < 30 ? sine(n - 18, 12) : 0;
    if (type === 3 && n < 18) return n < 6 ? 0 : n < 12 ? sine(n - 6, 12) : 1;
    return sine(n, 36);
  }),
);
const SHORT_WINDOW = Float64Array.from({ length: 12 }, (_, n) => sine(n, 12));

/** DCT-IV matrix of a size, row by row. */
function dct4Matrix(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, index) => {
    const n = Math.floor(index / size) + 0.5;
    return Math.cos((Math.PI / size) * n * ((index % size) + 0.5));
  });
}
const DCT_18 = dct4Matrix(18);
const DCT_6 = dct4Matrix(6);

/** Turns a DCT-IV into the samples of an inverse MDCT: see `createImdct`. */
function unfold(dct: Float64Array, size: number, output: Float64Array): void {
  const half = size / 2;
  for (let n = 0; n < half; n++) {
    output[n] = dct[n + half]!;
    output[size - 1 - n] = -dct[n + half]!;
    output[size + n] = -dct[half - 1 - n]!;
    output[2 * size - 1 - n] = -dct[half - 1 - n]!;
  }
}

/** Turns 576 lines of one channel into samples; keeps what overlaps into the next granule. */
export class HybridSynthesis {
  private readonly overlap = new Float32Array(576);
  private readonly dct = new Float64Array(18);
  private readonly block = new Float64Array(36);
  private readonly short = new Float64Array(12);
  private readonly samples = new Float32Array(576);
  private readonly vector = new Float32Array(1024);
  private readonly cosines = new Float64Array(32);
  private offset = 0;

  /**
   * Synthesises one granule.
   *
   * @param lines sorted by frequency
   * @param mixedSubbands subbands that a mixed short block transforms as a normal one: 2, else 0
   * @param output receives 576 samples at `position`
   */
  granule(
    lines: Float32Array,
    blockType: number,
    mixedSubbands: number,
    output: Float32Array,
    position: number,
  ): void {
    for (let subband = 0; subband < 32; subband++) {
      const type = subband < mixedSubbands ? 0 : blockType;
      this.transform(lines, 18 * subband, type);
      for (let n = 0; n < 18; n++) {
        const sample = this.block[n]! + this.overlap[18 * subband + n]!;
        // Frequency inversion of odd samples in odd subbands.
        this.samples[32 * n + subband] = (n & subband & 1) === 1 ? -sample : sample;
        this.overlap[18 * subband + n] = this.block[18 + n]!;
      }
    }
    for (let n = 0; n < 18; n++) this.synthesise(32 * n, output, position + 32 * n);
  }

  /** Windowed inverse MDCT of a subband into `block` (ISO 11172-3, 2.4.3.4.10). */
  private transform(lines: Float32Array, at: number, type: number): void {
    const { block, dct, short } = this;
    if (type !== 2) {
      for (let n = 0; n < 18; n++) {
        let sum = 0;
        for (let k = 0; k < 18; k++) sum += DCT_18[18 * n + k]! * lines[at + k]!;
        dct[n] = sum;
      }
      unfold(dct, 18, block);
      const window = WINDOWS[type]!;
      for (let n = 0; n < 36; n++) block[n]! *= window[n]!;
      return;
    }
    block.fill(0);
    for (let w = 0; w < 3; w++) {
      for (let n = 0; n < 6; n++) {
        let sum = 0;
        for (let k = 0; k < 6; k++) sum += DCT_6[6 * n + k]! * lines[at + 3 * k + w]!;
        dct[n] = sum;
      }
      unfold(dct, 6, short);
      for (let n = 0; n < 12; n++) block[6 + 6 * w + n]! += short[n]! * SHORT_WINDOW[n]!;
    }
  }

  /** Polyphase synthesis of 32 samples (ISO 11172-3, figure A.2). */
  private synthesise(from: number, output: Float32Array, position: number): void {
    const { samples, vector, cosines } = this;
    dct32(samples, from, cosines);
    this.offset = (this.offset + 960) & 1023;
    const base = this.offset;
    // The 64 values of the matrixing are 32 different cosine sums.
    for (let i = 0; i < 16; i++) vector[base + i] = cosines[16 + i]!;
    vector[base + 16] = 0;
    for (let i = 17; i <= 48; i++) vector[base + i] = -cosines[48 - i]!;
    for (let i = 49; i < 64; i++) vector[base + i] = -cosines[i - 48]!;
    for (let j = 0; j < 32; j++) {
      let sum = 0;
      for (let i = 0; i < 8; i++) {
        const v = base + 128 * i + j;
        sum += vector[v & 1023]! * SYNTHESIS_WINDOW[64 * i + j]!;
        sum += vector[(v + 96) & 1023]! * SYNTHESIS_WINDOW[64 * i + 32 + j]!;
      }
      output[position + j] = sum;
    }
  }
}

/** cos(pi / 64 m (2 k + 1)) for even and for odd m, k = 0 to 15. */
const COSINES = Float64Array.from({ length: 512 }, (_, index) => {
  const m = index >> 4;
  return Math.cos((Math.PI / 64) * m * (2 * (index & 15) + 1));
});
const sums = new Float64Array(16);
const differences = new Float64Array(16);

/** DCT-II of 32 values: output[m] = sum_k x[k] cos(pi / 64 m (2 k + 1)). */
function dct32(input: Float32Array, from: number, output: Float64Array): void {
  for (let k = 0; k < 16; k++) {
    sums[k] = input[from + k]! + input[from + 31 - k]!;
    differences[k] = input[from + k]! - input[from + 31 - k]!;
  }
  for (let m = 0; m < 32; m++) {
    const values = (m & 1) === 0 ? sums : differences;
    let sum = 0;
    for (let k = 0; k < 16; k++) sum += COSINES[16 * m + k]! * values[k]!;
    output[m] = sum;
  }
}
