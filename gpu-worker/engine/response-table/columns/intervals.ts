import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/components";
import { frameCount } from "../../spectrogram/framing.ts";
import { type Columns, type SlidingWindow, windowCount } from "./windows.ts";

/** The components that can be switched on and off: those that are not silent. */
export interface Components {
  segments: number;
  sources: number;
  /** `audible[s]`: sources with any sound in segment s, in rising order. */
  audible: readonly (readonly number[])[];
}

/** Consecutive segments. */
export interface SegmentInterval {
  first: number;
  last: number;
}

/** Finds the components with a sample other than zero. */
export function audibleComponents(
  sources: readonly Float32Array[],
  bounds: readonly SegmentBounds[],
): Components {
  const audible = bounds.map(([start, end]) =>
    sources.flatMap((source, index) =>
      source.subarray(start, end).some((sample) => sample !== 0) ? [index] : [],
    ),
  );
  return { segments: bounds.length, sources: sources.length, audible };
}

/** Returns the number of audible components of an interval: the bits of its combinations. */
export function bitsOf({ audible }: Components, { first, last }: SegmentInterval): number {
  let bits = 0;
  for (let segment = first; segment <= last; segment++) bits += audible[segment]!.length;
  return bits;
}

/** Returns the components of an interval's bits: bit i is component `list[i]` = segment x sources + source. */
export function componentsOf(
  { audible, sources }: Components,
  interval: SegmentInterval,
): number[] {
  const list: number[] = [];
  for (let segment = interval.first; segment <= interval.last; segment++) {
    for (const source of audible[segment]!) list.push(segment * sources + source);
  }
  return list;
}

/** First and last segment that each column of a tensor depends on; 255 for padding alone. */
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
 * Returns the segments that each frame of the spectrogram reads. A frame reads the nFft - 1 samples at
 * which its window is not zero. A sample beyond an end of the track counts as the sample that it
 * mirrors; a sample outside of all segments counts for the segment before it.
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

/** Returns the segments seen after a window; padding belongs to none. */
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
 * Groups columns that see the same segments into intervals.
 *
 * @returns null if such columns are not adjacent, or see only padding
 */
export function intervalsOf({ first, last }: SegmentsSeen): IntervalColumns[] | null {
  const runs: IntervalColumns[] = [];
  const seenBefore = new Set<string>();
  for (let column = 0; column < first.length; column++) {
    const run = runs.at(-1);
    if (run && run.first === first[column] && run.last === last[column]) {
      run.end = column + 1;
      continue;
    }
    const key = intervalKey({ first: first[column]!, last: last[column]! });
    if (first[column] === 255 || seenBefore.has(key)) return null;
    seenBefore.add(key);
    runs.push({ first: first[column]!, last: last[column]!, start: column, end: column + 1 });
  }
  return runs;
}

export function intervalKey({ first, last }: { first: number; last: number }): string {
  return `${first}-${last}`;
}
