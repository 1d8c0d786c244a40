import { componentCount, type GateGrid } from "@lemons/shared/explanation/components";
import type { Mask } from "@lemons/shared/explanation/mask";

/**
 * The sources that play in each segment: [segments x sources], 1 at s x sources + r if source r plays
 * in segment s. The view by time selects whole columns of these gates, the view by source whole rows.
 */
export type Gates = Mask;

/** State of a part: all, none or some of its gates are open. */
export type PartState = "on" | "off" | "partly";

/** Returns the selection of everything. */
export function wholeTrack({ segments, sources }: Pick<GateGrid, "segments" | "sources">): Gates {
  return new Uint8Array(segments * sources).fill(1);
}

/** Returns true if everything is selected. */
export function isWholeTrack(gates: Gates): boolean {
  return !gates.includes(0);
}

/** Returns true if nothing is selected. */
export function isSilence(gates: Gates): boolean {
  return !gates.includes(1);
}

/**
 * Returns the gates of one part: those of a segment (`time`), of a source (`source`), or a single one.
 *
 * @param part index of a component of the grid's type
 * @throws RangeError if the grid has no such part
 */
export function gatesOfPart(part: number, grid: GateGrid): number[] {
  if (!Number.isInteger(part) || part < 0 || part >= componentCount(grid)) {
    throw new RangeError(`No part ${part}: the grid has ${componentCount(grid)}`);
  }
  const { type, segments, sources } = grid;
  switch (type) {
    case "time":
      return Array.from({ length: sources }, (_, source) => part * sources + source);
    case "source":
      return Array.from({ length: segments }, (_, segment) => segment * sources + part);
    case "time+source":
      return [part];
  }
}

/** Returns the state of a part in a selection. */
export function stateOfPart(gates: Gates, part: number, grid: GateGrid): PartState {
  const own = gatesOfPart(part, grid);
  const open = own.filter((gate) => gates[gate] === 1).length;
  return open === own.length ? "on" : open === 0 ? "off" : "partly";
}

/** Mutes a part that is on; opens all gates of a part that is off or partly on. */
export function togglePart(gates: Gates, part: number, grid: GateGrid): Gates {
  const value = stateOfPart(gates, part, grid) === "on" ? 0 : 1;
  const next = gates.slice();
  for (const gate of gatesOfPart(part, grid)) next[gate] = value;
  return next;
}

/** Returns the selection of these parts only. */
export function onlyParts(parts: readonly number[], grid: GateGrid): Gates {
  return spread(parts, grid, 1);
}

/** Returns the selection of everything but these parts. */
export function allButParts(parts: readonly number[], grid: GateGrid): Gates {
  return spread(parts, grid, 0);
}

/** Returns true if two selections are equal. */
export function sameGates(a: Gates, b: Gates): boolean {
  return a.length === b.length && a.every((gate, i) => gate === b[i]);
}

/** Returns the parts with an open gate, in ascending order. */
export function soundingParts(gates: Gates, grid: GateGrid): number[] {
  return [...Array(componentCount(grid)).keys()].filter(
    (part) => stateOfPart(gates, part, grid) !== "off",
  );
}

function spread(parts: readonly number[], grid: GateGrid, value: 0 | 1): Gates {
  const gates = wholeTrack(grid).fill(1 - value);
  for (const part of parts) for (const gate of gatesOfPart(part, grid)) gates[gate] = value;
  return gates;
}
