import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../stack/repository.ts";
import { findImports } from "./find-imports.ts";

/** Follows the service's imports, type-only ones and the entries of threads included. */
function findServiceImports() {
  const files = new Set(["gpu-worker/server.ts"]);
  const packages = new Set<string>();
  for (const file of files) {
    if (!file.endsWith(".ts")) continue;
    for (const { to, isPackage } of findImports(ROOT, file)) {
      if (!isPackage) files.add(to);
      else if (!to.startsWith("node:")) packages.add(/^(@[^/]+\/)?[^/]+/.exec(to)![0]);
    }
  }
  return { files: [...files], packages: [...packages] };
}

const { files, packages } = findServiceImports();

it("keeps research and the command line out of the service", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => /^gpu-worker\/(research|commands)\//.test(file))).toEqual([]);
});

it("gives the service every package that it imports, and no database or plots", () => {
  const manifests = ["gpu-worker/package.json", "shared/package.json"].map(
    (path) => JSON.parse(readFileSync(join(ROOT, path), "utf8")).dependencies as object,
  );
  const installed = manifests.flatMap((dependencies) => Object.keys(dependencies));
  expect(installed).toEqual(expect.arrayContaining(packages));
  for (const name of ["mongodb", "vega", "vega-lite", "execa"]) {
    expect(installed).not.toContain(name);
  }
});

it("copies every file of the service into its image", () => {
  const dockerfile = readFileSync(join(ROOT, "gpu-worker/Dockerfile"), "utf8");
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  const copied = [...lastStage.matchAll(/^COPY ((?!--from)[^\n]+) \S+$/gm)].flatMap(([, sources]) =>
    sources!.split(" "),
  );
  const isCopied = (file: string) =>
    copied.some((source) => file === source || file.startsWith(`${source}/`));
  expect(files.filter((file) => !isCopied(file))).toEqual([]);
  expect(copied.filter((source) => /research|commands/.test(source))).toEqual([]);
});
