/** Length of the fades at the edges of a gate, seconds; the gpu-worker renders highlights with the same. */
export const RAMP_SECONDS = 0.01;

/** A time span, in seconds from the start of the excerpt. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Returns the spans in which a gate is open. Adjacent open segments form one span without a fade.
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

/** A gain at a time; gains are linear between points. */
export interface Point {
  time: number;
  gain: number;
}

/**
 * Returns the gain over the excerpt: 1 within spans and 0 outside. The fades lie inside the spans, so
 * muted segments stay silent. Spans shorter than two fades have shorter fades.
 *
 * @returns points in order of time; the gain is 0 before the first and after the last
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

/** Returns the gain at a time; it is constant before the first point and after the last. */
export function gainAt(points: readonly Point[], time: number): number {
  const next = points.findIndex((point) => point.time > time);
  const before = next === -1 ? points.at(-1) : points[next - 1];
  if (before === undefined) return points[0]?.gain ?? 0;
  const after = points[next];
  if (after === undefined) return before.gain;
  const share = (time - before.time) / (after.time - before.time);
  return before.gain + share * (after.gain - before.gain);
}

/** A run of playback from one start to one stop. */
export interface Run {
  /** Context time of the first sample, seconds. */
  startedAt: number;
  /** Position in the excerpt at the start, seconds. */
  offset: number;
  /** Span that repeats; null plays to the end. */
  loop: Span | null;
  /** Length of the excerpt, seconds. */
  duration: number;
}

/** Returns the position in the excerpt at a context time, seconds. */
export function positionAt({ startedAt, offset, loop, duration }: Run, time: number): number {
  const position = offset + Math.max(0, time - startedAt);
  if (loop === null || position < loop.end) return Math.min(duration, position);
  return loop.start + ((position - loop.start) % (loop.end - loop.start));
}

/** Returns the first `count` context times at which a run jumps back to the start of its loop. */
export function wrapTimes({ startedAt, offset, loop }: Run, count: number): number[] {
  if (loop === null) return [];
  const first = startedAt + loop.end - offset;
  return Array.from({ length: count }, (_, i) => first + i * (loop.end - loop.start));
}

/** Gain of one gate over context time, constant before the first point and after the last. */
export type GatePlan = readonly Point[];

/** Input of {@link planGate}. */
export interface GatePlanInput {
  run: Run;
  /** Context time at which the plan starts. */
  now: number;
  /** Spans of the excerpt in which the gate is open. */
  spans: readonly Span[];
  /** The plan until now; null at the start of the run. */
  before: GatePlan | null;
}

/**
 * Plans a gate from now on: one fade from the current gain to the wanted one, then the spans. In a loop
 * the gate keeps the gain of the loop's middle, because the graph's envelope fades at its ends.
 */
export function planGate({ run, now, spans, before }: GatePlanInput): GatePlan {
  const points = gainPoints(spans);
  const { loop, startedAt, offset } = run;
  const settledAt = now + RAMP_SECONDS;
  const start = (gain: number): Point[] =>
    before === null
      ? [{ time: now, gain }]
      : [
          { time: now, gain: gainAt(before, now) },
          { time: settledAt, gain },
        ];
  if (loop !== null) return start(gainAt(points, (loop.start + loop.end) / 2));

  const from = before === null ? now : settledAt;
  const later = points
    .map(({ time, gain }) => ({ time: startedAt + time - offset, gain }))
    .filter(({ time }) => time > from);
  return [...start(gainAt(points, positionAt(run, from))), ...later];
}

/** Schedules a plan on a gain, replacing all values scheduled from its start on. */
export function applyPlan(gain: AudioParam, plan: GatePlan): void {
  const [first, ...rest] = plan;
  if (first === undefined) return;
  gain.cancelScheduledValues(first.time);
  gain.setValueAtTime(first.gain, first.time);
  for (const { time, gain: value } of rest) gain.linearRampToValueAtTime(value, time);
}
