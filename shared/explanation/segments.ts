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
