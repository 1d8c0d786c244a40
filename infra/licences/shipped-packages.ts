import { readFile } from "node:fs/promises";
import { inRepository } from "../stack/repository.ts";

/** One installed package's entry in package-lock.json. */
interface LockedPackage {
  version?: string;
  license?: string;
  link?: boolean;
  resolved?: string;
  optional?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** A package that a deployment ships. */
export interface ShippedPackage {
  name: string;
  version: string;
  /** SPDX expression of its package.json. */
  licence: string;
  /** Folder, relative to the repository's root. */
  folder: string;
  /** True for another platform's binaries, which aren't installed here. */
  isOptional: boolean;
}

/**
 * Returns the packages that workspaces need in production, directly or not, by the lock.
 *
 * @param workspaces folders of the workspaces, such as `gpu-worker`
 */
export async function shippedPackages(workspaces: readonly string[]): Promise<ShippedPackage[]> {
  const lock = JSON.parse(await readFile(inRepository("package-lock.json"), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const { packages } = lock;
  const found = new Map<string, ShippedPackage>();
  const visited = new Set<string>();
  const visit = (folder: string) => {
    if (visited.has(folder)) return;
    visited.add(folder);
    const locked = packages[folder]!;
    const isOurs = !folder.includes("node_modules/");
    if (!isOurs) {
      found.set(folder, {
        name: folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length),
        version: locked.version ?? "",
        licence: locked.license ?? "none",
        folder,
        isOptional: locked.optional === true,
      });
    }
    const names = {
      ...locked.peerDependencies,
      ...locked.optionalDependencies,
      ...locked.dependencies,
    };
    for (const name of Object.keys(names)) {
      const target = resolve(packages, folder, name);
      if (target) visit(target);
    }
  };
  for (const workspace of workspaces) visit(workspace);
  return [...found.values()];
}

/** Finds a dependency as Node does: in the nearest node_modules folder upward. */
function resolve(
  packages: Record<string, LockedPackage>,
  from: string,
  name: string,
): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const candidate = `${folder ? `${folder}/` : ""}node_modules/${name}`;
    const locked = packages[candidate];
    if (locked) return locked.link ? locked.resolved! : candidate;
    if (folder === "") return null;
  }
}
