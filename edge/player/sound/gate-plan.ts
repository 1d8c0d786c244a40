import { gainAt, gainPoints, type Point, RAMP_SECONDS, type Span } from "./gate-spans.ts";
import { positionAt, type Run } from "./transport.ts";

/** Gains of one gate over the context's time: linear between points, constant outside of them. */
export type GatePlan = readonly Point[];

/** What a gate is planned from. */
export interface GatePlanInput {
  run: Run;
  /** Context time from which on the plan holds. */
  now: number;
  /** Where the gate is open in the excerpt. */
  spans: readonly Span[];
  /** The plan that holds until now; null where the run has just begun. */
  before: GatePlan | null;
}

/**
 * Plans a gate from now on. The gain goes from what it is to what it has to be in one fade, then
 * follows the spans. A repeated segment keeps the gain it has in its middle: where it repeats, the
 * graph's envelope fades.
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

/** Writes a plan to a gain. What was planned from its start on is forgotten. */
export function applyPlan(gain: AudioParam, plan: GatePlan): void {
  const [first, ...rest] = plan;
  if (first === undefined) return;
  gain.cancelScheduledValues(first.time);
  gain.setValueAtTime(first.gain, first.time);
  for (const { time, gain: value } of rest) gain.linearRampToValueAtTime(value, time);
}
