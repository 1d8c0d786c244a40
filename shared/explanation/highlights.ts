import type { Component, Highlight } from "../contract/explanation.ts";
import type { SourceName } from "../contract/explanation-request.ts";
import { sortedComponents } from "./ranking.ts";

/** Selects among the strongest components. */
export interface TopQuery {
  /** The most components to take. */
  count: number | "all";
  /** Only components of this source. */
  source?: string | undefined;
  /** Only components of this time segment. */
  segment?: number | undefined;
}

/** One track of a highlight: a source in some of the segments. */
export interface HighlightPart {
  /** Name of the source; null for all sources together. */
  source: string | null;
  /** Segments in which it sounds, rising; null for all of the time. */
  segments: number[] | null;
}

/** The strongest components, ready to be rendered. */
export interface TopComponents {
  /** Component indices by falling weight. */
  indices: number[];
  /** The same components, merged by source, in the order of the sources. */
  parts: HighlightPart[];
  /** First and last segment of the excerpt that contains all parts; null for the whole snippet. */
  span: { firstSegment: number; lastSegment: number } | null;
  /** Bounds of the excerpt, in seconds from the start of the track. */
  startSeconds: number;
  endSeconds: number;
}

/**
 * Takes the components with the highest positive weights and merges those of one source, as LEMONS
 * does for its listenable explanations (`take_top`). All parts share one excerpt, from the start of
 * the first to the end of the last chosen segment; between its segments a part is silent.
 *
 * @param components all components of an explanation, in index order, which also orders the sources
 * @returns null if no matching component has a positive weight
 */
export function topComponents(
  components: readonly Component[],
  { count, source, segment }: TopQuery,
): TopComponents | null {
  const candidates = components.filter(
    (component) =>
      (source === undefined || component.source === source) &&
      (segment === undefined || component.segment === segment),
  );
  const chosen = sortedComponents(
    candidates.map((component) => component.weight),
    { negative: false, count },
  ).map((position) => candidates[position]!);
  if (chosen.length === 0) return null;

  const segmentsBySource = new Map<string | null, number[]>();
  for (const part of chosen.toSorted((a, b) => a.index - b.index)) {
    const segments = segmentsBySource.get(part.source) ?? [];
    if (part.segment !== null) segments.push(part.segment);
    segmentsBySource.set(part.source, segments);
  }
  const sourceOrder = [...new Set(components.map((component) => component.source))];
  const segments = [...segmentsBySource.values()].flat();
  return {
    indices: chosen.map((component) => component.index),
    parts: sourceOrder.flatMap((name) => {
      const own = segmentsBySource.get(name);
      return own === undefined ? [] : [{ source: name, segments: own.length > 0 ? own : null }];
    }),
    span:
      segments.length > 0
        ? { firstSegment: Math.min(...segments), lastSegment: Math.max(...segments) }
        : null,
    startSeconds: Math.min(...chosen.map((component) => component.startSeconds)),
    endSeconds: Math.max(...chosen.map((component) => component.endSeconds)),
  };
}

/** Number of components of each highlight. */
const HIGHLIGHT_COUNTS = { "top-1": 1, "top-3": 3 } as const;

/** A highlight before it is rendered. */
export interface PlannedHighlight {
  /** The highlight in the explanation; `audio` is null until it is rendered. */
  highlight: Highlight;
  /** The parts to render; null if no component has a positive weight. */
  top: TopComponents | null;
}

/** The components to plan highlights from. */
export interface HighlightPlanInput {
  components: readonly Component[];
  /** Start of the snippet in the track, which is the start of a highlight without components. */
  startSeconds: number;
  /** Only components of this source. */
  querySource?: SourceName | undefined;
}

/** Plans the highlights of an explanation: the strongest component, and the strongest three. */
export function highlightPlan(input: HighlightPlanInput): PlannedHighlight[] {
  const { components, startSeconds, querySource } = input;
  return (["top-1", "top-3"] as const).map((name) => {
    const top = topComponents(components, { count: HIGHLIGHT_COUNTS[name], source: querySource });
    const highlight: Highlight = {
      name,
      components: top?.indices ?? [],
      file: top ? `${name}.mp3` : null,
      audio: null,
      startSeconds: top?.startSeconds ?? startSeconds,
    };
    return { highlight, top };
  });
}
