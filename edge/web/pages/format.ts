import type { Component } from "@lemons/shared/contract/explanation";

const MINUS = "\u2212";

/** Formats a relevance with two decimals: 0.8342 is `0.83`. */
export function formatRelevance(relevance: number): string {
  return relevance.toFixed(2);
}

/** Formats a weight with its sign and three decimals: `+0.213`, `−0.043`, `0.000`. */
export function formatWeight(weight: number): string {
  const digits = Math.abs(weight).toFixed(3);
  if (Number(digits) === 0) return digits;
  return `${weight < 0 ? MINUS : "+"}${digits}`;
}

/** Formats a number with four decimals and a true minus sign. */
export function formatDecimal(value: number): string {
  return value.toFixed(4).replace("-", MINUS);
}

/** Formats a time range: `6–12 s`, with one decimal if an end isn't a whole second. */
export function formatTimeRange(startSeconds: number, endSeconds: number): string {
  const text = (seconds: number) => String(Math.round(seconds * 10) / 10);
  return `${text(startSeconds)}\u2013${text(endSeconds)}\u202fs`;
}

/** Formats a count with its noun: `1 track`, `15 tracks`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Names a component: `drums, 6–12 s`, `drums` or `6–12 s`. */
export function componentLabel(component: Component): string {
  const { segment, source, startSeconds, endSeconds } = component;
  const time = segment === null ? null : formatTimeRange(startSeconds, endSeconds);
  return [source, time].filter((part) => part !== null).join(", ");
}

/**
 * Names a set of components by source, with adjacent segments joined:
 * `drums, 0–12 s and 18–24 s; bass, 0–6 s`.
 *
 * @param components components by ascending index
 */
export function componentSetLabel(components: readonly Component[]): string {
  const bySource = Map.groupBy(components, ({ source }) => source);
  return Array.from(bySource, ([source, ofSource]) => {
    const times = ofSource.every(({ segment }) => segment === null)
      ? null
      : joinTimeRanges(ofSource);
    return [source, times].filter((part) => part !== null).join(", ");
  }).join("; ");
}

function joinTimeRanges(components: readonly Component[]): string {
  const ranges: { startSeconds: number; endSeconds: number; lastSegment: number }[] = [];
  for (const { segment, startSeconds, endSeconds } of components) {
    const previous = ranges.at(-1);
    if (previous !== undefined && segment === previous.lastSegment + 1) {
      Object.assign(previous, { endSeconds, lastSegment: segment });
    } else {
      ranges.push({ startSeconds, endSeconds, lastSegment: segment ?? 0 });
    }
  }
  return ranges
    .map(({ startSeconds, endSeconds }) => formatTimeRange(startSeconds, endSeconds))
    .join(" and ");
}
