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

/** One source over time, or all sources together. */
export interface Lane {
  source: string | null;
  cells: readonly Cell[];
}

/** One component in its lane. */
export interface Cell {
  component: Component;
  direction: Direction;
  /** Per cent of the lane's width. */
  start: number;
  /** Per cent of the lane's width. */
  width: number;
  /** Share of half the lane's height, 0 to 1; upwards where it speaks for the track. */
  height: number;
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

/** Components laid out as a score: a lane a source, a cell a stretch of time. */
export function lanesOf(components: readonly Component[]): Lane[] {
  const scale = weightScale(components);
  const begin = Math.min(...components.map((c) => c.startSeconds));
  const length = Math.max(...components.map((c) => c.endSeconds)) - begin;
  const lanes = Map.groupBy(components, ({ source }) => source);
  return [...lanes].map(([source, members]) => ({
    source,
    cells: members.map((component) => ({
      component,
      direction: directionOf(component.weight),
      start: ((component.startSeconds - begin) / length) * 100,
      width: ((component.endSeconds - component.startSeconds) / length) * 100,
      height: Math.abs(component.weight) / scale,
    })),
  }));
}
