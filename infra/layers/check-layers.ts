import type { Import } from "./find-imports.ts";
import { PACKAGE_RULES, STOREYS, type Storey, WALLS } from "./rules.ts";

/** One import that the rules refuse. */
export interface Violation extends Import {
  because: string;
}

/**
 * Returns the imports that run upward, sideways between storeys' neighbours, or through a wall, and
 * those of packages that their folder may not import.
 */
export function checkLayers(imports: readonly Import[]): Violation[] {
  return imports.flatMap((each) => {
    const because = reasonAgainst(each);
    return because === null ? [] : [{ ...each, because }];
  });
}

function reasonAgainst({ from, to, isPackage }: Import): string | null {
  return isPackage ? reasonAgainstPackage(from, to) : reasonAgainstFile(from, to);
}

function reasonAgainstPackage(file: string, specifier: string): string | null {
  for (const { from, exempt, packages, because } of PACKAGE_RULES) {
    if (!isIn(file, from) || file.slice(from.length).includes(`/${exempt}/`)) continue;
    const isRefused = packages.some((name) =>
      name.endsWith(":") ? specifier.startsWith(name) : isIn(specifier, name),
    );
    if (isRefused) return because;
  }
  return null;
}

function reasonAgainstFile(from: string, to: string): string | null {
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
