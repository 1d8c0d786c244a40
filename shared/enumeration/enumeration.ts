import type { FoldedTable } from "../what-if/response-table.ts";
import { audibleComponents } from "./audible-components.ts";
import { type EnumerationModule, instantiate } from "./module.ts";
import { type PlacedGroup, placeTable } from "./place-table.ts";
import { chooseSplit, isRightGroup, seesFixed } from "./split.ts";

/**
 * Statistics of one part of the combinations of audible components, in float64: by number of ones the
 * sum of rises, the sum of their squares, and [ones, component] the sum of rises with the component
 * on; then the lowest and highest logit, and the smallest combinations that reach them.
 */
export type PartStatistics = Float64Array;

/** An instance of the module with a table in its memory. */
export interface Enumeration {
  /** Components that the table hears, rising; bit i of a combination is `audible[i]`. */
  audible: readonly number[];
  /** Number of parts that the combinations are divided into; it depends only on the table. */
  parts: number;
  /** Relevance of the whole track. */
  origin: number;
  /** Size of the instance's memory, without the table. */
  memoryBytes: number;
  /** Enumerates one part. The result doesn't depend on the host or the order of the parts. */
  run(part: number): PartStatistics;
}

/** At most 64 parts are enough to share among threads and to show progress. */
const MAX_PARTS_LOG2 = 6;

/**
 * Lays a table out for enumeration.
 *
 * @param module enumerate.wasm, compiled by the host
 * @throws RangeError if the table is inconsistent or its numbers are not finite
 * @throws NotEnumerable for too many audible components
 */
export function createEnumeration(module: EnumerationModule, table: FoldedTable): Enumeration {
  const audible = audibleComponents(table);
  const positionOf = new Map(audible.map((component, position) => [component, position]));
  const groupBits = table.groups.map(({ components }) =>
    components.map((component) => positionOf.get(component)!),
  );
  const split = chooseSplit(audible.length, table.channels, groupBits);
  const { leftBits, fixedBits, rightBits } = split;
  const wasm = instantiate(module);
  const free = wasm.configure(leftBits, fixedBits, rightBits, table.positive, table.channels);
  const placed = placeTable(wasm.memory, free, table, groupBits);

  const fold = (groups: readonly PlacedGroup[]) => {
    for (const { scalars, maxima, bits, positions } of groups) {
      const foldSide = isRightGroup(split, bits) ? wasm.foldRight : wasm.foldLeft;
      foldSide(scalars, maxima, positions, bits.length);
    }
  };
  wasm.beginBase(table.bias);
  fold(placed.filter(({ bits }) => !seesFixed(split, bits)));
  const ofBlock = placed.filter(({ bits }) => seesFixed(split, bits));
  const beginBlock = (block: number) => {
    wasm.beginStates(block);
    fold(ofBlock);
    wasm.settleStates();
  };

  beginBlock(2 ** fixedBits - 1);
  const origin = wasm.relevance(wasm.wholeLogit());
  const partsLog2 = Math.min(fixedBits, MAX_PARTS_LOG2);
  const blocksInPart = 2 ** (fixedBits - partsLog2);
  return {
    audible,
    parts: 2 ** partsLog2,
    origin,
    memoryBytes: wasm.memory.buffer.byteLength,
    run(part) {
      wasm.beginTally(origin);
      for (let block = part * blocksInPart; block < (part + 1) * blocksInPart; block++) {
        beginBlock(block);
        // Many short calls, as V8 switches to optimised code only between calls.
        for (let row = 0; row < 2 ** leftBits; row += 2) wasm.addRows(row);
        wasm.endBlock();
      }
      const length = (audible.length + 1) * (audible.length + 6);
      return new Float64Array(wasm.memory.buffer, wasm.statistics.value, length).slice();
    },
  };
}
