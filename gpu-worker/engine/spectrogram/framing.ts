import { InputError } from "../input-error.ts";

/** w[n] = 0.5 - 0.5 cos(2 pi n / size): the periodic Hann window of torch.hann_window. */
export function periodicHann(size: number): Float64Array {
  return Float64Array.from(
    { length: size },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size),
  );
}

/** Frames of a centred transform: frame k is centred on sample k x hop. */
export function frameCount(samples: number, hop: number): number {
  return 1 + Math.floor(samples / hop);
}

/**
 * Copies the signal with half a frame of its mirror image at either end (torch's padMode
 * "reflect": the edge sample itself is not repeated).
 *
 * @throws InputError where the signal has `nFft / 2` samples or fewer: there is not enough of it
 *   to mirror. `nFft / 2 + 1` samples are enough.
 */
export function reflectPad(signal: Float32Array | Float64Array, nFft: number): Float64Array {
  const pad = nFft / 2;
  const length = signal.length;
  if (length <= pad) {
    throw new InputError(
      `the audio is too short for a spectrogram: it has ${length} samples, at least ${pad + 1} are needed; use a longer piece`,
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
