/** Length of the fade at either edge of a gate, as in rendered highlights (gpu-worker/engine/explain). */
export const RAMP_SECONDS = 0.01;

/** A stretch of the excerpt in which something sounds, in seconds from the excerpt's start. */
export interface Span {
  start: number;
  end: number;
}

/**
 * The stretches in which a gate is open; neighbouring segments are one, with no fade between them.
 *
 * @param segments in order, without gaps
 */
export function spansOf(segments: readonly Span[], isOpen: (segment: number) => boolean): Span[] {
  const spans: Span[] = [];
  let current: Span | null = null;
  segments.forEach(({ start, end }, segment) => {
    if (!isOpen(segment)) {
      current = null;
    } else if (current === null) {
      current = { start, end };
      spans.push(current);
    } else {
      current.end = end;
    }
  });
  return spans;
}

/** A value at a time; between two of them it runs in a straight line. */
export interface Point {
  time: number;
  gain: number;
}

/**
 * The gain over the excerpt: 1 within spans, 0 outside, fades just inside the edges, so that nothing
 * sounds of what is silent. A span shorter than two fades has shorter ones.
 *
 * @returns points by rising time; before the first and after the last the gain is 0
 */
export function gainPoints(spans: readonly Span[]): Point[] {
  return spans.flatMap(({ start, end }) => {
    const ramp = Math.min(RAMP_SECONDS, (end - start) / 2);
    return [
      { time: start, gain: 0 },
      { time: start + ramp, gain: 1 },
      { time: end - ramp, gain: 1 },
      { time: end, gain: 0 },
    ];
  });
}

/** The gain at a time: linear between points, constant before the first and after the last. */
export function gainAt(points: readonly Point[], time: number): number {
  const next = points.findIndex((point) => point.time > time);
  const before = next === -1 ? points.at(-1) : points[next - 1];
  if (before === undefined) return points[0]?.gain ?? 0;
  const after = points[next];
  if (after === undefined) return before.gain;
  const share = (time - before.time) / (after.time - before.time);
  return before.gain + share * (after.gain - before.gain);
}
