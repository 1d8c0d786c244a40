import { runningMedian } from "./running-median.ts";

/** A magnitude spectrogram, frame after frame: `values[frame * bins + bin]`. */
export interface Magnitudes {
  frames: number;
  bins: number;
  values: Float32Array;
}

/**
 * Median-filtered copies of a spectrogram (Fitzgerald: "Harmonic/percussive separation using median
 * filtering", DAFx 2010): along time what is steady stays, along frequency what is broad stays.
 *
 * @param framesWide window along time, odd
 * @param binsWide window along frequency, odd
 */
export function harmonicPercussive(
  { frames, bins, values }: Magnitudes,
  framesWide: number,
  binsWide: number,
): { harmonic: Float32Array; percussive: Float32Array } {
  const harmonic = new Float32Array(values.length);
  const percussive = new Float32Array(values.length);
  const window = new Float32Array(Math.max(framesWide, binsWide));
  const alongTime = { start: 0, stride: bins, length: frames, width: framesWide };
  for (let bin = 0; bin < bins; bin++) {
    alongTime.start = bin;
    runningMedian(values, harmonic, alongTime, window);
  }
  const alongFrequency = { start: 0, stride: 1, length: bins, width: binsWide };
  for (let frame = 0; frame < frames; frame++) {
    alongFrequency.start = frame * bins;
    runningMedian(values, percussive, alongFrequency, window);
  }
  return { harmonic, percussive };
}
