import type { Component, Highlight } from "../contract/explanation.ts";
import type { SourceName } from "../contract/explanation-request.ts";
import { sortedComponents } from "./ranking.ts";

/** Which of the strongest components to take. */
export interface TopQuery {
  /** How many at most. */
  count: number | "all";
  /** Only components of this source. */
  source?: string | undefined;
  /** Only components of this time segment. */
  segment?: number | undefined;
}

/** One track of a highlight: a source in some of the segments. */
export interface HighlightPart {
  /** Name of the source; null where all sources together are meant. */
  source: string | null;
  /** Segments in which it sounds, rising; null where it sounds throughout. */
  segments: number[] | null;
}

/** The components that speak most for a track, ready to be rendered. */
export interface TopComponents {
  /** Component indices by falling weight. */
  indices: number[];
  /** The same, merged by source, in the order of the sources. */
  parts: HighlightPart[];
  /** First and last segment of the excerpt that spans all parts; null where it is the whole. */
  span: { firstSegment: number; lastSegment: number } | null;
  /** The excerpt in seconds from the start of the track. */
  startSeconds: number;
  endSeconds: number;
}

/**
 * Takes the components with the highest positive weights and merges those of one source, as LEMONS
 * does for its listenable explanations (`take_top`). All parts are rendered over the same excerpt,
 * from the start of the first to the end of the last chosen segment, silent in between.
 *
 * @param components those of an explanation, in index order; the sources' order is theirs
 * @returns null where no component that was asked for has a positive weight
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

/** How many components each highlight takes. */
const HIGHLIGHT_COUNTS = { "top-1": 1, "top-3": 3 } as const;

/** A highlight before it is rendered. */
export interface PlannedHighlight {
  /** As an explanation names it, without the facts of rendered audio. */
  highlight: Highlight;
  /** What to render; null where no component speaks for the track. */
  top: TopComponents | null;
}

/** What to plan highlights from. */
export interface HighlightPlanInput {
  components: readonly Component[];
  /** Where the snippet starts in the track: the place of a highlight without a component. */
  startSeconds: number;
  /** Only components of this source. */
  querySource?: SourceName | undefined;
}

/** The highlights of an explanation: the strongest component, and the strongest three. */
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
