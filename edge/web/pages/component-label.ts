import type { Component } from "@lemons/shared/contract/explanation";
import { formatTimeRange } from "./number-format.ts";

/** What a component is called: `drums, 6–12 s`, `drums`, or `6–12 s`. */
export function componentLabel(component: Component): string {
  const { segment, source, startSeconds, endSeconds } = component;
  const time = segment === null ? null : formatTimeRange(startSeconds, endSeconds);
  return [source, time].filter((part) => part !== null).join(", ");
}

/**
 * A set of components in one phrase, where the order means nothing: by source, with stretches of time
 * that adjoin as one: `drums, 0–12 s and 18–24 s; bass, 0–6 s`.
 *
 * @param components by rising index
 */
export function componentSetLabel(components: readonly Component[]): string {
  const bySource = Map.groupBy(components, ({ source }) => source);
  return Array.from(bySource, ([source, ofSource]) => {
    const times = ofSource.every(({ segment }) => segment === null) ? null : timesOf(ofSource);
    return [source, times].filter((part) => part !== null).join(", ");
  }).join("; ");
}

function timesOf(components: readonly Component[]): string {
  const stretches: { startSeconds: number; endSeconds: number; last: number }[] = [];
  for (const { segment, startSeconds, endSeconds } of components) {
    const before = stretches.at(-1);
    if (before !== undefined && segment === before.last + 1) {
      Object.assign(before, { endSeconds, last: segment });
    } else {
      stretches.push({ startSeconds, endSeconds, last: segment ?? 0 });
    }
  }
  return stretches
    .map(({ startSeconds, endSeconds }) => formatTimeRange(startSeconds, endSeconds))
    .join(" and ");
}
