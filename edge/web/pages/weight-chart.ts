import type { Component } from "@lemons/shared/contract/explanation";

/** Which way a weight speaks. */
export type Direction = "for" | "against" | "none";

/** A bar that grows from the middle of its axis: to the right where it speaks for the track. */
export interface WeightBar {
  direction: Direction;
  /** Per cent of the axis. */
  start: number;
  /** Per cent of the axis. */
  extent: number;
}

const directionOf = (weight: number): Direction =>
  weight > 0 ? "for" : weight < 0 ? "against" : "none";

/** The largest weight by magnitude; 1 where all are 0, so that nothing is divided by 0. */
export function weightScale(components: readonly Component[]): number {
  return Math.max(...components.map(({ weight }) => Math.abs(weight))) || 1;
}

/**
 * The bar of a weight on an axis with 0 in the middle.
 *
 * @param scale the weight whose bar fills half the axis
 */
export function weightBar(weight: number, scale: number): WeightBar {
  const extent = (Math.abs(weight) / scale) * 50;
  return { direction: directionOf(weight), start: weight < 0 ? 50 - extent : 50, extent };
}
