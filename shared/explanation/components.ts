import type { Component } from "../contract/explanation.ts";
import type { ExplanationType } from "../contract/explanation-request.ts";
import type { Mask } from "./mask.ts";

/** The sample range [start, end) of a time segment. */
export type SegmentBounds = readonly [start: number, end: number];

/**
 * Cuts samples into equal segments of floor(samples / segments). The last one also takes the
 * remainder, which the original drops (see {@link originalSegmentBounds}).
 *
 * @throws RangeError if there are fewer samples than segments
 */
export function segmentBounds(samples: number, segments: number): SegmentBounds[] {
  const bounds = originalSegmentBounds(samples, segments);
  bounds[segments - 1] = [bounds[segments - 1]![0], samples];
  return bounds;
}

/**
 * Cuts samples as `fixed_length` of audioLIME's data provider does: segments of
 * floor(samples / segments), without the remainder of up to `segments - 1` samples.
 *
 * @throws RangeError if there are fewer samples than segments
 */
export function originalSegmentBounds(samples: number, segments: number): SegmentBounds[] {
  if (!Number.isInteger(samples) || !Number.isInteger(segments) || segments < 1) {
    throw new RangeError(`cannot cut ${samples} samples into ${segments} segments`);
  }
  const length = Math.floor(samples / segments);
  if (length < 1) {
    throw new RangeError(
      `cannot cut ${samples} samples into ${segments} segments: there are too few samples`,
    );
  }
  return Array.from({ length: segments }, (_, i) => [i * length, (i + 1) * length] as const);
}

/** The place of a component in the track. */
export type ComponentPlace = Omit<Component, "weight" | "shapley">;

/** The start and end of a time segment, in seconds from the start of the track. */
export interface SegmentTime {
  startSeconds: number;
  endSeconds: number;
}

/** The parts that a track is cut into. */
export interface ComponentLayout {
  type: ExplanationType;
  /** Time segments in order; at least one. */
  segments: readonly SegmentTime[];
  /** Names of the sources in order; at least one. */
  sources: readonly string[];
}

/** The number of segments and sources that a mask covers. */
export interface GateGrid {
  type: ExplanationType;
  segments: number;
  sources: number;
}

/** Counts the components, which is the length of a mask. */
export function componentCount({ type, segments, sources }: GateGrid): number {
  if (type === "time") return segments;
  return type === "source" ? sources : segments * sources;
}

/**
 * Lists the components in index order: segments (`time`), sources (`source`), or every source of
 * every segment with index = segment x number of sources + source (`time+source`).
 *
 * @throws RangeError if there is no segment or no source
 */
export function componentsOf({ type, segments, sources }: ComponentLayout): ComponentPlace[] {
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined || sources.length === 0) {
    throw new RangeError("a layout needs at least one segment and one source");
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
 * @returns gates [segments x sources], row by row: element `s * sources + r` is 1 if source `r`
 *   sounds in segment `s`
 * @throws RangeError if the length of the mask is not the number of components
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
