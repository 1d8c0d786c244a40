import type { Gates } from "../what-if/selection.ts";
import { type Span, spansOf } from "./gate-spans.ts";
import type { LayerSet } from "./load-layers.ts";
import { startSoundGraph } from "./sound-graph.ts";

/**
 * Renders what a selection sounds like, from start to end, through the graph that plays it.
 *
 * @param segments in order, without gaps, in seconds from the excerpt's start
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
