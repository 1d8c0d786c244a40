/**
 * Returns the largest magnitude of equal parts of a signal.
 *
 * @param channels samples per channel, all of one length
 * @param parts number of parts, at most the number of samples
 * @returns magnitudes, 0 or above
 */
export function peaksOf(channels: readonly Float32Array[], parts: number): number[] {
  const length = channels[0]?.length ?? 0;
  const count = Math.min(parts, length);
  return Array.from({ length: count }, (_, part) => {
    const start = Math.floor((part * length) / count);
    const end = Math.floor(((part + 1) * length) / count);
    let peak = 0;
    for (const samples of channels) {
      for (let i = start; i < end; i++) peak = Math.max(peak, Math.abs(samples[i]!));
    }
    return peak;
  });
}

/** Reduces peaks to at most `bars` values, the largest of each group. */
export function condensePeaks(peaks: readonly number[], bars: number): number[] {
  return peaksOf([Float32Array.from(peaks)], bars);
}

const SILENT_BAR = 0.02;

/**
 * Returns the SVG path of a waveform: one vertical bar per peak, mirrored at the middle.
 *
 * @param loudest peak that fills the height; by default the largest of `peaks`
 * @returns path data for a view box of `peaks.length` x 2, its middle at y = 1
 */
export function waveformPath(
  peaks: readonly number[],
  loudest: number = Math.max(...peaks, 0),
): string {
  const scale = loudest > 0 ? 1 / loudest : 0;
  return peaks
    .map((peak, x) => {
      const half = Math.max(SILENT_BAR, peak * scale);
      return `M${x + 0.5} ${(1 - half).toFixed(3)}v${(2 * half).toFixed(3)}`;
    })
    .join("");
}
