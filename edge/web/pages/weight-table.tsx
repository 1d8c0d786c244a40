import type { Component } from "@lemons/shared/contract/explanation";
import { componentLabel } from "./component-label.ts";
import { formatWeight } from "./number-format.ts";
import { type Direction, weightBar, weightScale } from "./weight-chart.ts";

const DIRECTION_WORDS: Record<Direction, string> = {
  for: "speaks for it",
  against: "speaks against it",
  none: "makes no difference",
};

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

/** Every component by falling weight, with its bar and its numbers. */
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
