import type { SegmentBounds } from "@lemons/shared/explanation/components";

/** What can be switched on and off: the components that are not silent anyway. */
export interface Components {
  segments: number;
  sources: number;
  /** `audible[s]`: sources with any sound in segment s, in rising order. */
  audible: readonly (readonly number[])[];
}

/** Consecutive segments. */
export interface Interval {
  first: number;
  last: number;
}

/** Finds the components that are more than zeros. */
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

/** Audible components of an interval, which is the number of bits of its combinations. */
export function bitsOf({ audible }: Components, { first, last }: Interval): number {
  let bits = 0;
  for (let segment = first; segment <= last; segment++) bits += audible[segment]!.length;
  return bits;
}

/** Bit i of a combination of the interval is component `list[i]` = segment x sources + source. */
export function componentsOf({ audible, sources }: Components, interval: Interval): number[] {
  const list: number[] = [];
  for (let segment = interval.first; segment <= interval.last; segment++) {
    for (const source of audible[segment]!) list.push(segment * sources + source);
  }
  return list;
}
