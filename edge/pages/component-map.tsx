import type { Component } from "@lemons/shared/contract/explanation";
import { formatTimeRange } from "./number-format.ts";
import { type Cell, type Lane, lanesOf } from "./weight-chart.ts";

const LANE_HEIGHT = 60;
const SINGLE_LANE_HEIGHT = 120;
const BAR_INSET = 0.18;

function CellBar({ cell, laneHeight }: { cell: Cell; laneHeight: number }) {
  const middle = laneHeight / 2;
  const extent = cell.height * (middle - 3);
  return (
    <rect
      class={`bar-${cell.direction}`}
      x={`${cell.start + cell.width * BAR_INSET}%`}
      width={`${cell.width * (1 - 2 * BAR_INSET)}%`}
      y={cell.direction === "against" ? middle : middle - extent}
      height={extent}
    />
  );
}

function LaneBars({ lane, laneHeight }: { lane: Lane; laneHeight: number }) {
  return (
    <svg class="lane-bars" height={laneHeight} aria-hidden="true">
      {lane.cells.slice(1).map(({ start }) => (
        <line class="cell-edge" x1={`${start}%`} x2={`${start}%`} y1="0" y2={laneHeight} />
      ))}
      {lane.cells.map((cell) =>
        cell.direction === "none" ? null : <CellBar cell={cell} laneHeight={laneHeight} />,
      )}
      <line class="axis" x1="0" x2="100%" y1={laneHeight / 2} y2={laneHeight / 2} />
    </svg>
  );
}

/**
 * Every component where it sounds: a lane a source, time from left to right; bars upwards speak for
 * the track, hatched bars downwards against it. The table beside it says the same in numbers.
 */
export function ComponentMap({ components }: { components: readonly Component[] }) {
  const lanes = lanesOf(components);
  const laneHeight = lanes.length === 1 ? SINGLE_LANE_HEIGHT : LANE_HEIGHT;
  const times = lanes[0]!.cells;
  return (
    <div class="map" aria-hidden="true">
      {lanes.map((lane) => (
        <>
          <span class="lane-name">{lane.source ?? ""}</span>
          <LaneBars lane={lane} laneHeight={laneHeight} />
        </>
      ))}
      <span />
      <svg height="22" aria-hidden="true">
        {times.map(({ component, start }) => (
          <text x={`${start}%`} y="16" dx="2">
            {formatTimeRange(component.startSeconds, component.endSeconds)}
          </text>
        ))}
      </svg>
    </div>
  );
}
