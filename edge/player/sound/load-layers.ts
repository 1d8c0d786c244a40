import type { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { NO_SEPARATION } from "@lemons/shared/contract/separator";
import type { TrackDetail } from "@lemons/shared/contract/track";
import type { GateGrid } from "@lemons/shared/explanation/components";
import type { PlayerApi } from "../api/player-api.ts";
import { onlyParts, sameGates } from "../what-if/selection.ts";
import { decodeExcerpt } from "./encoded-audio.ts";
import type { GatedLayer, LayerSet } from "./layers.ts";

/** A literal, because importing the constant would bundle its module's schemas. */
const NOT_SEPARATED: (typeof NO_SEPARATION)["name"] = "none";

/** Input of the functions that load layers. */
export interface LayerLoading {
  api: PlayerApi;
  explanation: PublishedExplanation;
  track: TrackDetail;
  /** Hz. */
  sampleRate: number;
  signal: AbortSignal;
  onPhase(phase: "fetching" | "decoding"): void;
}

/**
 * Loads every source of the excerpt.
 *
 * @returns null if the track has no separate sources
 * @throws MessageError; or the signal's reason once it is aborted
 */
export async function loadStems(loading: LayerLoading): Promise<LayerSet | null> {
  const { explanation, sampleRate, signal, onPhase } = loading;
  const { sources } = explanation.separation;
  onPhase("fetching");
  const stems = await fetchStems(loading);
  if (stems === null) return null;
  onPhase("decoding");
  const excerpt = { startSeconds: 0, seconds: explanation.audio.snippet.seconds };
  const buffers = await Promise.all(
    stems.map((bytes) => decodeExcerpt(bytes, excerpt, sampleRate)),
  );
  signal.throwIfAborted();
  return {
    kind: "stems",
    layers: buffers.map((buffer, index) => ({
      buffer,
      startSeconds: 0,
      source: sources[index]!,
      isOpen: (gates, segment) => gates[segment * sources.length + index] === 1,
    })),
  };
}

/**
 * Loads the mix, which plays in segments with all sources selected.
 *
 * @throws MessageError; or the signal's reason once it is aborted
 */
export async function loadMix(loading: LayerLoading): Promise<LayerSet> {
  const { api, explanation, track, sampleRate, signal, onPhase } = loading;
  const { sources } = explanation.separation;
  onPhase("fetching");
  const bytes = await api.mix(track.id, signal);
  onPhase("decoding");
  const buffer = await decodeExcerpt(bytes, explanation.audio.snippet, sampleRate);
  signal.throwIfAborted();
  return {
    kind: "mix",
    layers: [
      {
        buffer,
        startSeconds: 0,
        source: null,
        isOpen: (gates, segment) =>
          !gates.subarray(segment * sources.length, (segment + 1) * sources.length).includes(0),
      },
    ],
  };
}

/** Fetches all sources; returns null without further requests if the first one is missing. */
async function fetchStems({
  api,
  explanation,
  signal,
}: LayerLoading): Promise<ArrayBuffer[] | null> {
  const { separator, sources } = explanation.separation;
  // The only source is the mix.
  if (separator === NOT_SEPARATED) return null;
  const [first, ...others] = sources;
  const stem = first === undefined ? null : await api.stem(first, signal);
  if (stem === null) return null;
  const stems = await Promise.all(others.map((source) => api.stem(source, signal)));
  return stems.every((each) => each !== null) ? [stem, ...stems] : null;
}

/**
 * Loads the rendered highlights. Each plays if exactly its parts are selected.
 *
 * @throws MessageError; or the signal's reason once it is aborted
 */
export async function loadHighlights(
  loading: Omit<LayerLoading, "onPhase">,
): Promise<GatedLayer[]> {
  const { explanation } = loading;
  const playable = explanation.highlights.filter(({ file }) => file !== null);
  const layers = await Promise.all(playable.map((highlight) => loadHighlight(loading, highlight)));
  return layers.filter((layer) => layer !== null);
}

async function loadHighlight(
  { api, explanation, sampleRate, signal }: Omit<LayerLoading, "onPhase">,
  highlight: Highlight,
): Promise<GatedLayer | null> {
  const { name, components, audio, startSeconds } = highlight;
  const grid: GateGrid = {
    type: explanation.type,
    segments: explanation.segments.length,
    sources: explanation.separation.sources.length,
  };
  // The mix plays whole segments itself.
  if (explanation.type === "time") return null;
  const own = onlyParts(components, grid);
  const places = components.map((index) => explanation.components[index]!);
  const seconds = Math.max(...places.map(({ endSeconds }) => endSeconds)) - startSeconds;
  const delay = audio === null ? 0 : audio.encoderDelaySamples / audio.sampleRate;
  const bytes = await api.highlight(name, signal);
  const buffer = await decodeExcerpt(bytes, { startSeconds: delay, seconds }, sampleRate);
  return {
    buffer,
    startSeconds: startSeconds - explanation.audio.snippet.startSeconds,
    source: null,
    isOpen: (gates) => sameGates(gates, own),
  };
}
