import fc from "fast-check";
import { createMt19937 } from "../explanation/mt19937.ts";
import type { FoldedTable, TableGroup } from "../what-if/response-table.ts";

export interface TableShape {
  segments: number;
  sources: number;
  channels: number;
  positive: number;
  /** Number of segments that the widest group hears. */
  span: number;
  /** Components that no group hears. */
  silent: readonly number[];
  seed: number;
}

/** Creates a table of random numbers with a group for every run of 1 to `span` segments. */
export function randomTable(shape: TableShape): FoldedTable {
  const { segments, sources, channels, positive, span, silent, seed } = shape;
  const random = createMt19937(seed);
  const uniform = () => random.nextUint32() / 2 ** 31 - 1;
  const groups: TableGroup[] = [];
  let rows = 0;
  for (let width = 1; width <= span; width++) {
    for (let segment = 0; segment + width <= segments; segment++) {
      const components = Array.from(
        { length: width * sources },
        (_, i) => segment * sources + i,
      ).filter((component) => !silent.includes(component));
      groups.push({ components, columns: 1, firstRow: rows });
      rows += 2 ** components.length;
    }
  }
  return {
    segments,
    sources,
    bias: uniform(),
    groups,
    channels,
    positive,
    scalars: Float32Array.from({ length: rows }, uniform),
    maxima: Float32Array.from({ length: rows * channels }, uniform),
  };
}

/** Shapes of at most 12 components, including the spans of short tracks. */
export const smallShapes: fc.Arbitrary<TableShape> = fc
  .record({
    segments: fc.integer({ min: 1, max: 6 }),
    sources: fc.integer({ min: 1, max: 6 }),
    channels: fc.integer({ min: 0, max: 7 }),
    positive: fc.integer({ min: 0, max: 7 }),
    span: fc.integer({ min: 1, max: 6 }),
    silent: fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 4 }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .filter(({ segments, sources }) => segments * sources <= 12)
  .map((shape) => ({
    ...shape,
    positive: Math.min(shape.positive, shape.channels),
    span: Math.min(shape.span, shape.segments),
  }));
