import type { Component } from "../contract/explanation.ts";
import type { ExplanationType } from "../contract/explanation-request.ts";
import type { Mask } from "./mask.ts";

/** Sample range [start, end) of a time segment. */
export type SegmentBounds = readonly [start: number, end: number];

/**
 * Cuts `samples` samples into `segments` equal pieces of floor(samples / segments); the last one
 * also takes the remainder (the original drops it, see {@link originalSegmentBounds}).
 *
 * @throws RangeError where there are fewer samples than segments
 */
export function segmentBounds(samples: number, segments: number): SegmentBounds[] {
  const bounds = originalSegmentBounds(samples, segments);
  bounds[segments - 1] = [bounds[segments - 1]![0], samples];
  return bounds;
}

/**
 * The original's cut, `fixed_length` of audioLIME's data provider: `segments` pieces of
 * floor(samples / segments), with up to `segments - 1` samples at the end belonging to none.
 *
 * @throws RangeError where there are fewer samples than segments
 */
export function originalSegmentBounds(samples: number, segments: number): SegmentBounds[] {
  if (!Number.isInteger(samples) || !Number.isInteger(segments) || segments < 1) {
    throw new RangeError(`cannot cut ${samples} samples into ${segments} segments`);
  }
  const length = Math.floor(samples / segments);
  if (length < 1) {
    throw new RangeError(`${samples} samples are too few for ${segments} segments`);
  }
  return Array.from({ length: segments }, (_, i) => [i * length, (i + 1) * length] as const);
}

/** A component without its weight: where it lies in the track. */
export type ComponentPlace = Omit<Component, "weight" | "shapley">;

/** Start and end of a time segment, in seconds from the start of the track. */
export interface SegmentTime {
  startSeconds: number;
  endSeconds: number;
}

/** What the track is cut into. */
export interface ComponentLayout {
  type: ExplanationType;
  /** Time segments in order; at least one. */
  segments: readonly SegmentTime[];
  /** Names of the sources in order; at least one. */
  sources: readonly string[];
}

/** Number of segments and sources that a mask spans. */
export interface GateGrid {
  type: ExplanationType;
  segments: number;
  sources: number;
}

/** Number of components, which is the length of a mask. */
export function componentCount({ type, segments, sources }: GateGrid): number {
  if (type === "time") return segments;
  return type === "source" ? sources : segments * sources;
}

/**
 * Lists the components in index order: segments (`time`), sources (`source`), or every source of
 * every segment with index = segment x number of sources + source (`time+source`).
 *
 * @throws RangeError where there is no segment or no source
 */
export function componentsOf({ type, segments, sources }: ComponentLayout): ComponentPlace[] {
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined || sources.length === 0) {
    throw new RangeError("components need at least one segment and one source");
  }
  if (type === "time") {
    return segments.map((time, segment) => place(segment, segment, null, time));
  }
  if (type === "source") {
    const whole = { startSeconds: first.startSeconds, endSeconds: last.endSeconds };
    return sources.map((source, index) => place(index, null, source, whole));
  }
  return segments.flatMap((time, segment) =>
    sources.map((source, s) => place(segment * sources.length + s, segment, source, time)),
  );
}

function place(
  index: number,
  segment: number | null,
  source: string | null,
  { startSeconds, endSeconds }: SegmentTime,
): ComponentPlace {
  return { index, segment, source, startSeconds, endSeconds };
}

/**
 * Spreads a mask over the grid of segments and sources.
 *
 * @returns gates [segments x sources], row by row: 1 where source `r` sounds in segment `s`, at
 *   `s * sources + r`
 * @throws RangeError where the mask has not one bit a component
 */
export function gatesOf(mask: Mask, grid: GateGrid): Uint8Array {
  if (mask.length !== componentCount(grid)) {
    throw new RangeError(`mask has ${mask.length} bits for ${componentCount(grid)} components`);
  }
  if (grid.type === "time+source") return mask.slice();
  return Uint8Array.from({ length: grid.segments * grid.sources }, (_, gate) =>
    grid.type === "time" ? mask[Math.floor(gate / grid.sources)]! : mask[gate % grid.sources]!,
  );
}
