import type { Component } from "@lemons/shared/contract/explanation";
import { formatTimeRange } from "./number-format.ts";

/** What a component is called: `drums, 6–12 s`, `drums`, or `6–12 s`. */
export function componentLabel(component: Component): string {
  const { segment, source, startSeconds, endSeconds } = component;
  const time = segment === null ? null : formatTimeRange(startSeconds, endSeconds);
  return [source, time].filter((part) => part !== null).join(", ");
}

/** Several components in one phrase: `drums, 6–12 s; bass, 0–6 s`. */
export function componentListLabel(components: readonly Component[]): string {
  return components.map(componentLabel).join("; ");
}
