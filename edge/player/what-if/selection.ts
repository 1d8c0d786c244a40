import { componentCount, type GateGrid } from "@lemons/shared/explanation/components";
import type { Mask } from "@lemons/shared/explanation/mask";

/**
 * Which sources sound in which segments: [segments x sources], 1 where source r sounds in segment s,
 * at s x sources + r. Every view selects these same gates, in whole columns, whole rows or one by one.
 */
export type Gates = Mask;

/** Whether all, none or some of a part's gates are open. */
export type PartState = "on" | "off" | "partly";

/** The selection in which everything sounds. */
export function wholeTrack({ segments, sources }: Pick<GateGrid, "segments" | "sources">): Gates {
  return new Uint8Array(segments * sources).fill(1);
}

/** Whether everything sounds. */
export function isWholeTrack(gates: Gates): boolean {
  return !gates.includes(0);
}

/** Whether nothing sounds. */
export function isSilence(gates: Gates): boolean {
  return !gates.includes(1);
}

/**
 * The gates of one part: a segment's (`time`), a source's (`source`), or one.
 *
 * @param part index of a component of the grid's type
 * @throws RangeError where there is no such part
 */
export function gatesOfPart(part: number, grid: GateGrid): number[] {
  if (!Number.isInteger(part) || part < 0 || part >= componentCount(grid)) {
    throw new RangeError(`there is no part ${part} among ${componentCount(grid)}`);
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

/** How much of a part sounds. */
export function stateOfPart(gates: Gates, part: number, grid: GateGrid): PartState {
  const own = gatesOfPart(part, grid);
  const open = own.filter((gate) => gates[gate] === 1).length;
  return open === own.length ? "on" : open === 0 ? "off" : "partly";
}

/** Silences a part that sounds; opens all of one that is silent or sounds in part. */
export function togglePart(gates: Gates, part: number, grid: GateGrid): Gates {
  const value = stateOfPart(gates, part, grid) === "on" ? 0 : 1;
  const next = gates.slice();
  for (const gate of gatesOfPart(part, grid)) next[gate] = value;
  return next;
}

/** The selection of these parts and nothing else. */
export function onlyParts(parts: readonly number[], grid: GateGrid): Gates {
  return spread(parts, grid, 1);
}

/** The selection of everything but these parts. */
export function allButParts(parts: readonly number[], grid: GateGrid): Gates {
  return spread(parts, grid, 0);
}

/** Whether two selections are the same. */
export function sameGates(a: Gates, b: Gates): boolean {
  return a.length === b.length && a.every((gate, i) => gate === b[i]);
}

/** The parts of a view of which anything sounds, rising. */
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
