import { applyPlan, type GatePlan, planGate } from "./gate-plan.ts";
import { gainAt, RAMP_SECONDS, type Span } from "./gate-spans.ts";
import { type Run, wrapTimes } from "./transport.ts";

/** Sound that lies somewhere in the excerpt and can be gated. */
export interface Layer {
  buffer: AudioBuffer;
  /** Where it begins in the excerpt, seconds. */
  startSeconds: number;
}

/** One run of all layers through one context, started together. */
export interface SoundGraph {
  readonly run: Run;
  /**
   * Opens and closes gates from now on; no layer loses its place.
   *
   * @param spans a layer each, where it is open in the excerpt
   * @param now context time
   */
  setGates(spans: readonly (readonly Span[])[], now: number): void;
  /** Fades out and lets everything go. Doing so twice is harmless. */
  stop(now: number): void;
}

/** What a graph is made of. */
export interface SoundGraphInput {
  context: BaseAudioContext;
  destination: AudioNode;
  layers: readonly Layer[];
  spans: readonly (readonly Span[])[];
  run: Run;
  /** Called when a run without a loop has reached the excerpt's end. */
  onEnded(): void;
}

/** Repetitions whose fades are planned: an hour of segments of six seconds. */
const PLANNED_WRAPS = 600;

/**
 * Starts all layers at one context time, a gain each as its gate, and one envelope over all. Layers
 * can be stopped and gated but not moved: they stay locked to the sample.
 */
export function startSoundGraph(input: SoundGraphInput): SoundGraph {
  const { context, destination, layers, run } = input;
  const { startedAt, offset, loop, duration } = run;
  const envelope = context.createGain();
  envelope.connect(destination);
  const fades = envelopePlan(run);
  applyPlan(envelope.gain, fades);

  const started: AudioBufferSourceNode[] = [];
  const gates: GainNode[] = [];
  const plans: (GatePlan | null)[] = layers.map(() => null);
  for (const { buffer, startSeconds } of layers) {
    const source = context.createBufferSource();
    source.buffer = buffer;
    const gate = context.createGain();
    source.connect(gate).connect(envelope);
    const within = offset - startSeconds;
    gates.push(gate);
    if (loop !== null) {
      // Layers begin and end where segments do: one that is not in the loop is never heard there.
      if (startSeconds >= loop.end || startSeconds + buffer.duration <= loop.start) continue;
      source.loop = true;
      source.loopStart = Math.max(0, loop.start - startSeconds);
      source.loopEnd = loop.end - startSeconds;
    }
    source.start(startedAt + Math.max(0, -within), Math.max(0, within));
    started.push(source);
  }

  // The end is that of the excerpt, not of whichever layer is a frame shorter.
  const clock = context.createConstantSource();
  clock.offset.value = 0;
  clock.connect(envelope);
  clock.start(startedAt);
  if (loop === null) clock.stop(startedAt + duration - offset);
  let stopped = false;
  clock.addEventListener("ended", () => {
    if (!stopped) input.onEnded();
    envelope.disconnect();
  });

  function setGates(spans: readonly (readonly Span[])[], now: number): void {
    gates.forEach((gate, i) => {
      const plan = planGate({ run, now, spans: spans[i] ?? [], before: plans[i]! });
      plans[i] = plan;
      applyPlan(gate.gain, plan);
    });
  }
  setGates(input.spans, startedAt);

  return {
    run,
    setGates,
    stop(now) {
      if (stopped) return;
      stopped = true;
      const silentAt = now + RAMP_SECONDS;
      envelope.gain.cancelScheduledValues(now);
      envelope.gain.setValueAtTime(gainAt(fades, now), now);
      envelope.gain.linearRampToValueAtTime(0, silentAt);
      for (const source of started) source.stop(silentAt);
      clock.stop(silentAt);
    },
  };
}

/** Fades in at the start, and out and in again wherever a loop jumps back. */
function envelopePlan(run: Run): GatePlan {
  const { startedAt } = run;
  return [
    { time: startedAt, gain: 0 },
    { time: startedAt + RAMP_SECONDS, gain: 1 },
    ...wrapTimes(run, PLANNED_WRAPS).flatMap((time) =>
      time - RAMP_SECONDS > startedAt + RAMP_SECONDS
        ? [
            { time: time - RAMP_SECONDS, gain: 1 },
            { time, gain: 0 },
            { time: time + RAMP_SECONDS, gain: 1 },
          ]
        : [],
    ),
  ];
}
