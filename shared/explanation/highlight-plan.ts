import type { Component, Highlight } from "../contract/explanation.ts";
import type { SourceName } from "../contract/explanation-request.ts";
import { type TopComponents, topComponents } from "./top-components.ts";

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
