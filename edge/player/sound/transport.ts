import type { Span } from "./gate-spans.ts";

/** A run of playback, in the context's time. */
export interface Run {
  /** Context time of the first sample, seconds. */
  startedAt: number;
  /** Where in the excerpt it began, seconds. */
  offset: number;
  /** Stretch that repeats for ever; null plays to the end. */
  loop: Span | null;
  /** Length of the excerpt, seconds. */
  duration: number;
}

/** Where in the excerpt a run is at a context time, seconds. */
export function positionAt({ startedAt, offset, loop, duration }: Run, time: number): number {
  const position = offset + Math.max(0, time - startedAt);
  if (loop === null || position < loop.end) return Math.min(duration, position);
  return loop.start + ((position - loop.start) % (loop.end - loop.start));
}

/**
 * Context times at which a run jumps back to its loop's start.
 *
 * @param count how many of them
 */
export function wrapTimes({ startedAt, offset, loop }: Run, count: number): number[] {
  if (loop === null) return [];
  const first = startedAt + loop.end - offset;
  return Array.from({ length: count }, (_, i) => first + i * (loop.end - loop.start));
}
