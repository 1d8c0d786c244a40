import type { Component } from "@lemons/shared/contract/explanation";
import type { WeightDirection } from "@lemons/shared/explanation/scales";
import { componentLabel, formatWeight } from "./format.ts";

/** A bar that starts at the middle of its axis and grows to the right if the weight helps. */
export interface WeightBar {
  direction: WeightDirection;
  /** Per cent of the axis. */
  start: number;
  /** Per cent of the axis. */
  extent: number;
}

const DIRECTION_WORDS: Record<WeightDirection, string> = {
  for: "helps",
  against: "hurts",
  none: "makes no difference",
};

const directionOf = (weight: number): WeightDirection =>
  weight > 0 ? "for" : weight < 0 ? "against" : "none";

/** Returns the largest absolute weight, or 1 if all weights are 0. */
export function weightScale(components: readonly Component[]): number {
  return Math.max(...components.map(({ weight }) => Math.abs(weight))) || 1;
}

/**
 * Returns the bar of a weight on an axis with 0 in the middle.
 *
 * @param scale weight whose bar fills half the axis
 */
export function weightBar(weight: number, scale: number): WeightBar {
  const extent = (Math.abs(weight) / scale) * 50;
  return { direction: directionOf(weight), start: weight < 0 ? 50 - extent : 50, extent };
}

function Bar({ weight, scale }: { weight: number; scale: number }) {
  const { direction, start, extent } = weightBar(weight, scale);
  return (
    <svg aria-hidden="true">
      {direction === "none" ? null : (
        <rect class={`bar-${direction}`} x={`${start}%`} width={`${extent}%`} y="2" height="14" />
      )}
      <line class="axis" x1="50%" x2="50%" y1="0" y2="18" />
    </svg>
  );
}

/** A table of all components by descending weight, with bars and numbers. */
export function WeightTable(props: {
  components: readonly Component[];
  ranking: readonly number[];
}) {
  const { components, ranking } = props;
  const scale = weightScale(components);
  const hasShapley = components.some(({ shapley }) => shapley !== null);
  return (
    <table class="weights">
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col" class="bar">
            <span class="visually-hidden">Direction</span>
          </th>
          <th scope="col" class="number">
            Weight
          </th>
          {hasShapley ? (
            <th scope="col" class="number">
              Shapley
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {ranking.map((index) => {
          const component = components[index]!;
          const { weight, shapley } = component;
          return (
            <tr data-component={index}>
              <th scope="row">{componentLabel(component)}</th>
              <td class="bar">
                <Bar weight={weight} scale={scale} />
                <span class="visually-hidden">
                  {DIRECTION_WORDS[weightBar(weight, scale).direction]}
                </span>
              </td>
              <td class="number">{formatWeight(weight)}</td>
              {shapley === null ? null : <td class="number shapley">{formatWeight(shapley)}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
