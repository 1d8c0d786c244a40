import type { Gates } from "../what-if/selection.ts";
import {
  applyPlan,
  type GatePlan,
  gainAt,
  planGate,
  RAMP_SECONDS,
  type Run,
  type Span,
  spansOf,
  wrapTimes,
} from "./gate-plan.ts";
import type { Layer, LayerSet } from "./layers.ts";

/** One run of all layers, started together. */
export interface SoundGraph {
  readonly run: Run;
  /**
   * Opens and closes gates from now on without moving any layer.
   *
   * @param spans open spans of each layer
   * @param now context time, seconds
   */
  setGates(spans: readonly (readonly Span[])[], now: number): void;
  /** Fades out and releases all nodes. May be called twice. */
  stop(now: number): void;
}

/** Input of {@link startSoundGraph}. */
export interface SoundGraphInput {
  context: BaseAudioContext;
  destination: AudioNode;
  layers: readonly Layer[];
  spans: readonly (readonly Span[])[];
  run: Run;
  /** Called once a run without a loop has reached the end of the excerpt. */
  onEnded(): void;
}

/** Repetitions with scheduled fades: an hour of a six-second loop. */
const PLANNED_WRAPS = 600;

/**
 * Starts all layers at one context time, each with a gain as its gate, and one envelope over all. Layers
 * are gated and stopped but never moved, which keeps them in step to the sample.
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
      // Layers start and end at segment borders, so one outside the loop never plays.
      if (startSeconds >= loop.end || startSeconds + buffer.duration <= loop.start) continue;
      source.loop = true;
      source.loopStart = Math.max(0, loop.start - startSeconds);
      source.loopEnd = loop.end - startSeconds;
    }
    source.start(startedAt + Math.max(0, -within), Math.max(0, within));
    started.push(source);
  }

  // A silent source marks the end of the excerpt, because decoded layers may be a frame short.
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

/** Fades in at the start, and out and in at each jump of a loop. */
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

/**
 * Renders a selection from start to end through the same graph that plays it.
 *
 * @param segments in order, without gaps, in seconds from the start of the excerpt
 */
export function renderSelection(
  { layers }: LayerSet,
  segments: readonly Span[],
  gates: Gates,
): Promise<AudioBuffer> {
  const duration = segments.at(-1)?.end ?? 0;
  const sampleRate = layers[0]?.buffer.sampleRate ?? 44_100;
  const channels = Math.max(1, ...layers.map(({ buffer }) => buffer.numberOfChannels));
  const length = Math.max(1, Math.round(duration * sampleRate));
  const context = new OfflineAudioContext(channels, length, sampleRate);
  startSoundGraph({
    context,
    destination: context.destination,
    layers,
    spans: layers.map((layer) => spansOf(segments, (segment) => layer.isOpen(gates, segment))),
    run: { startedAt: 0, offset: 0, loop: null, duration },
    onEnded: () => {},
  });
  return context.startRendering();
}
