import type { GateGrid } from "@lemons/shared/explanation/components";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { Gates } from "./selection.ts";

type Size = Pick<GateGrid, "segments" | "sources">;

/**
 * Spreads a selection over the gates of a table. An explanation by source alone may cut no time, one
 * by time alone may know no sources; the table of all types answers both: a gate then stands for a
 * whole row or column of the table's.
 *
 * @param size of the selection
 * @throws RangeError where the table is cut otherwise
 */
export function gatesOfTable(
  gates: Gates,
  size: Size,
  { segments, sources }: Pick<FoldedTable, "segments" | "sources">,
): Gates {
  const fits = (own: number, whole: number) => own === whole || own === 1;
  if (!fits(size.segments, segments) || !fits(size.sources, sources)) {
    throw new RangeError(
      `a table of ${segments} x ${sources} does not answer for ${size.segments} x ${size.sources} parts`,
    );
  }
  return Uint8Array.from({ length: segments * sources }, (_, gate) => {
    const segment = size.segments === 1 ? 0 : Math.floor(gate / sources);
    const source = size.sources === 1 ? 0 : gate % sources;
    return gates[segment * size.sources + source]!;
  });
}
