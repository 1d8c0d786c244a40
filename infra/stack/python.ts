import { execFileSync } from "node:child_process";
import { inRepository } from "./repository.ts";

/** The packages of `infra/python/requirements.txt`, by their import names. */
const MODULES = ["pymongo", "sacred", "schemathesis", "secantus", "tensorboard"];

/**
 * Finds a Python that has some modules, by default those of `infra/python/requirements.txt`:
 * `LEMONS_PYTHON`, else the virtual environment that `.ci/run` makes, else `python3`.
 *
 * @returns null if none has them
 */
export function findPython(modules: readonly string[] = MODULES): string | null {
  const named = process.env.LEMONS_PYTHON;
  const candidates = named
    ? [named]
    : [inRepository(".cache", "python", "bin", "python"), "python3"];
  return candidates.find((python) => hasModules(python, modules)) ?? null;
}

function hasModules(python: string, modules: readonly string[]): boolean {
  const find = `import sys, importlib.util as u; sys.exit(any(u.find_spec(m) is None for m in ${JSON.stringify(modules)}))`;
  try {
    execFileSync(python, ["-c", find], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
