import FFT from "fft.js";
import type { RealFft } from "../runtime.ts";

/**
 * Creates a real transform from a complex one of half the size (Numerical Recipes, section 12.3:
 * "FFT of single real function"): even samples serve as real parts, odd ones as imaginary parts.
 *
 * @param size a power of two, at least 8
 * @throws RangeError for any other size
 */
export function createRealFft(size: number): RealFft {
  if (size < 8 || !Number.isInteger(Math.log2(size))) {
    throw new RangeError(`Invalid FFT size ${size}. Use a power of two of at least 8.`);
  }
  const half = size / 2;
  const complexFft = new FFT(half);
  const buffer = new Float64Array(size);
  const cosine = Float64Array.from({ length: half + 1 }, (_, k) =>
    Math.cos((2 * Math.PI * k) / size),
  );
  const sine = Float64Array.from({ length: half + 1 }, (_, k) =>
    Math.sin((2 * Math.PI * k) / size),
  );

  return {
    size,
    bins: half + 1,
    forward(signal, spectrum) {
      complexFft.transform(buffer, signal);
      for (let k = 0; k <= half / 2; k++) {
        const a = 2 * k;
        const b = k === 0 ? 0 : size - a;
        const evenReal = (buffer[a]! + buffer[b]!) / 2;
        const evenImaginary = (buffer[a + 1]! - buffer[b + 1]!) / 2;
        const oddReal = (buffer[a + 1]! + buffer[b + 1]!) / 2;
        const oddImaginary = (buffer[b]! - buffer[a]!) / 2;
        const turnedReal = oddReal * cosine[k]! + oddImaginary * sine[k]!;
        const turnedImaginary = oddImaginary * cosine[k]! - oddReal * sine[k]!;
        spectrum[a] = evenReal + turnedReal;
        spectrum[a + 1] = evenImaginary + turnedImaginary;
        spectrum[size - a] = evenReal - turnedReal;
        spectrum[size - a + 1] = turnedImaginary - evenImaginary;
      }
    },
    inverse(spectrum, signal) {
      for (let k = 0; k < half; k++) {
        const a = 2 * k;
        const b = size - a;
        const evenReal = (spectrum[a]! + spectrum[b]!) / 2;
        const evenImaginary = (spectrum[a + 1]! - spectrum[b + 1]!) / 2;
        const turnedReal = (spectrum[a]! - spectrum[b]!) / 2;
        const turnedImaginary = (spectrum[a + 1]! + spectrum[b + 1]!) / 2;
        const oddReal = turnedReal * cosine[k]! - turnedImaginary * sine[k]!;
        const oddImaginary = turnedReal * sine[k]! + turnedImaginary * cosine[k]!;
        buffer[a] = evenReal - oddImaginary;
        buffer[a + 1] = evenImaginary + oddReal;
      }
      complexFft.inverseTransform(signal, buffer);
    },
  };
}
