import { InputError } from "../input-error.ts";

/** Periodic Hann window, w[n] = 0.5 - 0.5 cos(2 pi n / size), as torch.hann_window returns it. */
export function periodicHann(size: number): Float64Array {
  return Float64Array.from(
    { length: size },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size),
  );
}

/** Number of frames of a centred transform; frame k is centred on sample k x hop. */
export function frameCount(samples: number, hop: number): number {
  return 1 + Math.floor(samples / hop);
}

/** Fewest samples that `reflectPad` can mirror. */
export function minimumSamples(nFft: number): number {
  return nFft / 2 + 1;
}

/**
 * Copies the signal with half a frame of its mirror image at either end. The edge sample isn't
 * repeated, as in torch's padMode "reflect".
 *
 * @throws InputError for nFft / 2 samples or fewer, which can't be mirrored
 */
export function reflectPad(signal: Float32Array | Float64Array, nFft: number): Float64Array {
  const pad = nFft / 2;
  const length = signal.length;
  if (length < minimumSamples(nFft)) {
    throw new InputError(
      `The audio is too short for a spectrogram: ${length} samples, at least ${minimumSamples(nFft)} are needed. Use a longer excerpt.`,
    );
  }
  const padded = new Float64Array(length + nFft);
  padded.set(signal, pad);
  for (let i = 1; i <= pad; i++) {
    padded[pad - i] = signal[i]!;
    padded[pad + length - 1 + i] = signal[length - 1 - i]!;
  }
  return padded;
}
