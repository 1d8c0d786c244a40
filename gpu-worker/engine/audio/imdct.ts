/**
 * Creates the inverse MDCT of `size / 2` coefficients:
 * y[n] = sum_k x[k] cos(2 pi / size (n + 1/2 + size / 4) (k + 1/2)), n = 0 to size - 1, unscaled.
 *
 * Computes a DCT-IV with a complex FFT of a quarter of the size, and unfolds it by its symmetries.
 *
 * @param size a power of two, at least 16
 * @returns a function that reads `size / 2` coefficients at `offset` and writes `size` samples
 */
export function createImdct(
  size: number,
): (coefficients: Float32Array, offset: number, output: Float32Array) => void {
  const half = size / 2;
  const quarter = size / 4;
  const cosine = new Float64Array(quarter);
  const sine = new Float64Array(quarter);
  for (let k = 0; k < quarter; k++) {
    const angle = (-Math.PI * (k + 1 / 8)) / half;
    cosine[k] = Math.cos(angle);
    sine[k] = Math.sin(angle);
  }
  const fft = createFft(quarter);
  const real = new Float64Array(quarter);
  const imaginary = new Float64Array(quarter);
  const dct = new Float64Array(half);

  return (coefficients, offset, output) => {
    for (let k = 0; k < quarter; k++) {
      const even = coefficients[offset + 2 * k]!;
      const odd = coefficients[offset + half - 1 - 2 * k]!;
      real[k] = even * cosine[k]! - odd * sine[k]!;
      imaginary[k] = even * sine[k]! + odd * cosine[k]!;
    }
    fft(real, imaginary);
    for (let n = 0; n < quarter; n++) {
      dct[2 * n] = real[n]! * cosine[n]! - imaginary[n]! * sine[n]!;
      dct[half - 1 - 2 * n] = -(real[n]! * sine[n]! + imaginary[n]! * cosine[n]!);
    }
    for (let n = 0; n < quarter; n++) {
      output[n] = dct[n + quarter]!;
      output[half - 1 - n] = -dct[n + quarter]!;
      output[half + n] = -dct[quarter - 1 - n]!;
      output[size - 1 - n] = -dct[quarter - 1 - n]!;
    }
  };
}

/** Creates an in-place forward FFT of a power of two of points (radix 2, decimation in time). */
function createFft(size: number): (real: Float64Array, imaginary: Float64Array) => void {
  const bits = Math.log2(size);
  const reversed = Uint32Array.from({ length: size }, (_, i) => {
    let value = 0;
    for (let bit = 0; bit < bits; bit++) value |= ((i >> bit) & 1) << (bits - 1 - bit);
    return value;
  });
  const cosine = Float64Array.from({ length: size / 2 }, (_, k) =>
    Math.cos((2 * Math.PI * k) / size),
  );
  const sine = Float64Array.from({ length: size / 2 }, (_, k) =>
    Math.sin((2 * Math.PI * k) / size),
  );
  return (real, imaginary) => {
    for (let i = 0; i < size; i++) {
      const j = reversed[i]!;
      if (j <= i) continue;
      const r = real[i]!;
      const m = imaginary[i]!;
      real[i] = real[j]!;
      imaginary[i] = imaginary[j]!;
      real[j] = r;
      imaginary[j] = m;
    }
    for (let length = 1; length < size; length *= 2) {
      const stride = size / (2 * length);
      for (let start = 0; start < size; start += 2 * length) {
        for (let k = 0; k < length; k++) {
          const c = cosine[k * stride]!;
          const s = sine[k * stride]!;
          const a = start + k;
          const b = a + length;
          const r = real[b]! * c + imaginary[b]! * s;
          const m = imaginary[b]! * c - real[b]! * s;
          real[b] = real[a]! - r;
          imaginary[b] = imaginary[a]! - m;
          real[a]! += r;
          imaginary[a]! += m;
        }
      }
    }
  };
}
