import { type Audio, sampleCount } from "./audio.ts";

/**
 * Returns the outline of a waveform for drawing: the largest |x| over all channels in each of `count`
 * equal intervals.
 *
 * @returns `count` numbers from 0 to 1 with two decimals; louder samples count as 1, and an interval
 *   shorter than a sample repeats its neighbour
 */
export function waveformPeaks(audio: Audio, count: number): number[] {
  const length = sampleCount(audio);
  return Array.from({ length: count }, (_, bucket) => {
    const from = Math.floor((bucket * length) / count);
    const to = Math.min(length, Math.max(from + 1, Math.floor(((bucket + 1) * length) / count)));
    let peak = 0;
    for (const channel of audio.channels) {
      for (let i = from; i < to; i++) peak = Math.max(peak, Math.abs(channel[i]!));
    }
    return Math.min(1, Math.round(peak * 100) / 100);
  });
}
