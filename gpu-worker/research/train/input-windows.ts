import type { GraphBuilder } from "../../engine/onnx/graph-builder.ts";
import type { Windows } from "./autodiff/convolution.ts";
import { reshaped } from "./autodiff/tape.ts";

const KERNEL = [0, 1, 2];

/** Positions `from`, `from + step`, ...: `count` of them. */
interface Positions {
  from: number;
  step: number;
  count: number;
}

/** Row and column positions of 3 x 3 windows. */
interface Grid {
  rows: Positions;
  columns: Positions;
}

/** The 3 x 3 windows of a map, grouped by their position within the 2 x 2 pooling windows. */
export interface PooledWindows {
  /** One group per corner of the pooling windows, in row-major order. */
  corners: Windows[];
  /** Windows of an odd last column or row, which pooling leaves out. */
  rest: Windows[];
}

/**
 * Cuts all zero-padded 3 x 3 windows out of maps of one channel.
 *
 * @param maps names of tensors [batch, 1, height, width]; each window holds the elements of all maps,
 *   one map after another
 */
export function pooledWindows(
  graph: GraphBuilder,
  maps: readonly string[],
  [batch, height, width]: readonly [number, number, number],
): PooledWindows {
  const padded = maps.map((name) =>
    graph.node("Pad", [name, graph.integers([0, 0, 1, 1, 0, 0, 1, 1])]),
  );
  const slices = new Map<string, string>();

  /** Returns one element of every window. Neighbouring grids share most slices. */
  function elements(map: string, rows: Positions, columns: Positions): string {
    const starts = [rows.from, columns.from];
    const ends = [rows, columns].map(({ from, step, count }) => from + step * (count - 1) + 1);
    const steps = [rows.step, columns.step];
    const key = [map, ...starts, ...ends, ...steps].join();
    let name = slices.get(key);
    if (name === undefined) {
      const bounds = [starts, ends, [2, 3], steps].map((list) => graph.integers(list));
      const part = graph.node("Slice", [map, ...bounds]);
      name = reshaped(graph, part, [batch, 1, rows.count * columns.count]);
      slices.set(key, name);
    }
    return name;
  }

  function windows({ rows, columns }: Grid): Windows {
    const shifted = (positions: Positions, by: number) => ({
      ...positions,
      from: positions.from + by,
    });
    const all = padded.flatMap((map) =>
      KERNEL.flatMap((row) =>
        KERNEL.map((column) => elements(map, shifted(rows, row), shifted(columns, column))),
      ),
    );
    const name = graph.node("Concat", all, { axis: 1 });
    return { name, dims: [batch, all.length, rows.count * columns.count] };
  }

  const { corners, rest } = grids(height, width);
  return { corners: corners.map(windows), rest: rest.map(windows) };
}

function grids(height: number, width: number): { corners: Grid[]; rest: Grid[] } {
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
  const corners = [0, 1].flatMap((row) =>
    [0, 1].map((column) => ({
      rows: { from: row, step: 2, count: rows },
      columns: { from: column, step: 2, count: columns },
    })),
  );
  const every = (count: number): Positions => ({ from: 0, step: 1, count });
  const last = (size: number): Positions => ({ from: size - 1, step: 1, count: 1 });
  const rest: Grid[] = [];
  if (width % 2 === 1) rest.push({ rows: every(height), columns: last(width) });
  if (height % 2 === 1) rest.push({ rows: last(height), columns: every(2 * columns) });
  return { corners, rest };
}
