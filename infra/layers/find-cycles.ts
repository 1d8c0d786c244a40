import type { Import } from "./find-imports.ts";

/**
 * Finds files that import each other in a circle, by Tarjan's algorithm.
 *
 * @returns each group of files that all reach each other, sorted by name; groups of one are left out
 */
export function findCycles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to, isPackage, isUrl } of imports) {
    if (!isPackage && !isUrl) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const cycles: string[][] = [];

  function visit(file: string): void {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    path.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (path.includes(target)) {
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
      }
    }
    if (lowest.get(file) !== order.get(file)) return;
    const group = path.splice(path.indexOf(file));
    if (group.length > 1) cycles.push(group.sort());
  }

  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return cycles;
}
