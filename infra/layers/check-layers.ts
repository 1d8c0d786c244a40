import type { OwnImport } from "./find-imports.ts";
import { STOREYS, type Storey, WALLS } from "./rules.ts";

/** One import that the rules refuse. */
export interface Violation extends OwnImport {
  because: string;
}

/** Returns the imports that run upward, sideways between storeys' neighbours, or through a wall. */
export function checkLayers(imports: readonly OwnImport[]): Violation[] {
  return imports.flatMap((each) => {
    const because = reasonAgainst(each);
    return because === null ? [] : [{ ...each, because }];
  });
}

function reasonAgainst({ from, to }: OwnImport): string | null {
  for (const wall of WALLS) {
    if (isIn(from, wall.from) && isIn(to, wall.to)) return wall.because;
  }
  for (const storeys of Object.values(STOREYS)) {
    const above = findStorey(storeys, from);
    const below = findStorey(storeys, to);
    if (above === null || below === null) continue;
    if (below.level < above.level) return above.storey.because;
    if (below.level === above.level && below.folder !== above.folder && above.level > 0) {
      return above.storey.because;
    }
  }
  return null;
}

function findStorey(storeys: readonly Storey[], file: string) {
  for (const [level, storey] of storeys.entries()) {
    const folder = storey.folders.find((each) => isIn(file, each));
    if (folder !== undefined) return { level, folder, storey };
  }
  return null;
}

function isIn(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}
