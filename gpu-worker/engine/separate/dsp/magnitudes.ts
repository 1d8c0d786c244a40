import type { Spectrum } from "../../spectrogram/stft.ts";

/** A magnitude spectrogram, frame after frame: index = frame x bins + bin. */
export interface Magnitudes {
  frames: number;
  bins: number;
  values: Float32Array;
  /** Hz between bins. */
  binHertz: number;
  /** Seconds between frames. */
  hopSeconds: number;
}

/**
 * Root mean square of the channels' magnitudes. Unlike the spectrum of a downmix it loses nothing
 * that is out of phase between channels.
 */
export function magnitudesOf(
  channels: Spectrum[],
  grid: { binHertz: number; hopSeconds: number },
): Magnitudes {
  const { frames, bins } = channels[0]!;
  const values = new Float32Array(frames * bins);
  for (const { real, imaginary } of channels) {
    for (let i = 0; i < values.length; i++) {
      values[i]! += real[i]! * real[i]! + imaginary[i]! * imaginary[i]!;
    }
  }
  for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(values[i]! / channels.length);
  return { frames, bins, values, ...grid };
}

/** The odd number next to `extent / step`, at least 1: the width of a centred window. */
export function oddWidth(extent: number, step: number): number {
  return 2 * Math.round((extent / step - 1) / 2) + 1;
}

/** Falls from 1 to 0 around `corner`, where it is 1/2; as steep as a Butterworth filter's power. */
export function lowPass(frequency: number, corner: number, order: number): number {
  return 1 / (1 + (frequency / corner) ** order);
}
