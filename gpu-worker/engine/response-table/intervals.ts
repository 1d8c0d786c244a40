import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/components";
import { frameCount } from "../spectrogram/framing.ts";
import { type Columns, type SlidingWindow, windowCount } from "./time-window.ts";

/** Segments `first` to `last` that each column of a tensor can depend on. */
export interface SegmentsSeen {
  first: Uint8Array;
  last: Uint8Array;
}

/** Columns of one tensor that depend on exactly the segments `first` to `last`. */
export interface IntervalColumns extends Columns {
  first: number;
  last: number;
}

/**
 * Segments that each frame of the spectrogram reads. A frame reads the nFft - 1 samples on which its
 * window is not zero; a sample beyond an end of the track is the one that it mirrors; a sample that
 * belongs to no segment counts for the one before it.
 *
 * @param samples of the track
 * @param bounds of the segments, in rising order
 */
export function segmentsSeenByFrames(
  samples: number,
  bounds: readonly SegmentBounds[],
  { nFft, hop }: FrontEnd,
): SegmentsSeen {
  const frames = frameCount(samples, hop);
  const seen = { first: new Uint8Array(frames), last: new Uint8Array(frames) };
  const segmentAt = (sample: number) => {
    let segment = 0;
    while (segment + 1 < bounds.length && sample >= bounds[segment + 1]![0]) segment++;
    return segment;
  };
  for (let frame = 0; frame < frames; frame++) {
    const begin = frame * hop - nFft / 2 + 1;
    const end = frame * hop + nFft / 2 - 1;
    const lowest = Math.min(Math.max(begin, 0), end < samples ? end : 2 * (samples - 1) - end);
    const highest = Math.max(Math.min(end, samples - 1), -begin);
    seen.first[frame] = segmentAt(Math.max(0, lowest));
    seen.last[frame] = segmentAt(Math.min(samples - 1, highest));
  }
  return seen;
}

/** Segments seen behind a window; padding belongs to none. */
export function segmentsSeenThrough(window: SlidingWindow, input: SegmentsSeen): SegmentsSeen {
  const length = input.first.length;
  const count = windowCount(window, length);
  const seen = { first: new Uint8Array(count).fill(255), last: new Uint8Array(count) };
  for (let column = 0; column < count; column++) {
    for (let tap = 0; tap < window.kernel; tap++) {
      const source = column * window.stride - window.padBegin + tap * window.dilation;
      if (source < 0 || source >= length) continue;
      seen.first[column] = Math.min(seen.first[column]!, input.first[source]!);
      seen.last[column] = Math.max(seen.last[column]!, input.last[source]!);
    }
  }
  return seen;
}

/**
 * Runs of columns that see the same segments.
 *
 * @returns null where such columns do not lie side by side, or see nothing but padding
 */
export function intervalsOf({ first, last }: SegmentsSeen): IntervalColumns[] | null {
  const runs: IntervalColumns[] = [];
  const known = new Set<string>();
  for (let column = 0; column < first.length; column++) {
    const run = runs.at(-1);
    if (run && run.first === first[column] && run.last === last[column]) {
      run.end = column + 1;
      continue;
    }
    const key = intervalKey({ first: first[column]!, last: last[column]! });
    if (first[column] === 255 || known.has(key)) return null;
    known.add(key);
    runs.push({ first: first[column]!, last: last[column]!, start: column, end: column + 1 });
  }
  return runs;
}

export function intervalKey({ first, last }: { first: number; last: number }): string {
  return `${first}-${last}`;
}
