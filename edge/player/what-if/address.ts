import type { GateGrid } from "@lemons/shared/explanation/components";
import { type Gates, wholeTrack } from "./selection.ts";

type Grid = Pick<GateGrid, "segments" | "sources">;

const HEX = /^[0-9a-f]{1,4}$/;

/**
 * A selection as text for addresses: for each segment in turn its sources as a hexadecimal number,
 * the first source the lowest bit. `1f.1f.4.0.1f` lets only the third source sound in the third of
 * five segments, and nothing in the fourth.
 */
export function formatSelection(gates: Gates, { segments, sources }: Grid): string {
  return Array.from({ length: segments }, (_, segment) => {
    let bits = 0;
    for (let source = 0; source < sources; source++) {
      bits |= gates[segment * sources + source]! << source;
    }
    return bits.toString(16);
  }).join(".");
}

/**
 * Reads what {@link formatSelection} writes.
 *
 * @returns null where the text is no selection of this grid: addresses are typed and cut off
 */
export function parseSelection(text: string, grid: Grid): Gates | null {
  const numbers = text.split(".");
  if (numbers.length !== grid.segments || !numbers.every((number) => HEX.test(number))) return null;
  const gates = wholeTrack(grid);
  for (const [segment, number] of numbers.entries()) {
    const bits = Number.parseInt(number, 16);
    if (bits >= 2 ** grid.sources) return null;
    for (let source = 0; source < grid.sources; source++) {
      gates[segment * grid.sources + source] = (bits >> source) & 1;
    }
  }
  return gates;
}

/**
 * What a fragment says under a key. `+` stands for itself there, as in `view=time+source`.
 *
 * @param fragment with or without its `#`
 * @returns null where it says nothing
 */
export function readFragment(fragment: string, key: string): string | null {
  return pairsOf(fragment).get(key) ?? null;
}

/**
 * A fragment with other values under some keys; null takes one out. What other parts of a page keep
 * there stays, a bare anchor does not.
 *
 * @returns without `#`; empty where nothing is left
 */
export function writeFragment(
  fragment: string,
  values: Readonly<Record<string, string | null>>,
): string {
  const pairs = pairsOf(fragment);
  for (const [key, value] of Object.entries(values)) {
    if (value === null) pairs.delete(key);
    else pairs.set(key, value);
  }
  return Array.from(pairs, ([key, value]) => `${key}=${value}`).join("&");
}

function pairsOf(fragment: string): Map<string, string> {
  const pairs = fragment.replace(/^#/, "").split("&");
  return new Map(
    pairs.flatMap((pair) => {
      const at = pair.indexOf("=");
      return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)] as const] : [];
    }),
  );
}
