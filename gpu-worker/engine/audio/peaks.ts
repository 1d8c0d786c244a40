import { type Audio, sampleCount } from "./audio.ts";

/**
 * Outline of a waveform for drawing: the largest |x| over all channels in each of `count` equal
 * stretches of time.
 *
 * @returns `count` numbers from 0 to 1 with two decimals (louder than full scale is 1; a stretch
 *   shorter than a sample repeats its neighbour).
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
