import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { inRepository } from "../stack/repository.ts";
import { COMPILED_CODE, EXCEPTIONS, isPermissive } from "./licences.ts";
import { type ShippedPackage, shippedPackages } from "./shipped-packages.ts";

/** Workspaces that each deployment ships. */
const DEPLOYMENTS = {
  container: await shippedPackages(["gpu-worker", "shared"]),
  Worker: await shippedPackages(["edge", "shared"]),
};
const all = [
  ...new Map(
    Object.values(DEPLOYMENTS)
      .flat()
      .map((each) => [each.folder, each]),
  ).values(),
];

describe.each(Object.entries(DEPLOYMENTS))("licences of the %s", (_, packages) => {
  it("lists packages with their own dependencies", () => {
    const names = packages.map(({ name }) => name);
    expect(names).toContain("hono");
    expect(names).toContain("zod");
    expect(names).not.toContain("vitest");
  });

  it("are permissive, or listed with a reason", () => {
    const others = packages.filter(
      ({ name, licence }) => !isPermissive(licence) && EXCEPTIONS[name]?.licence !== licence,
    );
    expect(others.map(({ name, version, licence }) => `${name} ${version}: ${licence}`)).toEqual(
      [],
    );
  });
});

describe("licences", () => {
  it("agree with the package.json of each installed package", async () => {
    for (const { name, licence, folder, isOptional } of all) {
      const path = inRepository(folder, "package.json");
      if (isOptional && !existsSync(path)) continue;
      const installed = JSON.parse(await readFile(path, "utf8")) as { license?: string };
      expect(installed.license ?? "none", name).toBe(licence);
    }
  });

  it("of compiled code inside packages are listed", async () => {
    const unlisted: string[] = [];
    for (const each of all) {
      if (COMPILED_CODE[each.name] || !existsSync(inRepository(each.folder))) continue;
      if (await containsCompiledCode(each)) unlisted.push(each.name);
    }
    expect(unlisted).toEqual([]);
  }, 60_000);

  it("have no exception for a package that isn't shipped", () => {
    const names = new Set(all.map(({ name }) => name));
    const listed = [...Object.keys(EXCEPTIONS), ...Object.keys(COMPILED_CODE)];
    expect(listed.filter((name) => !names.has(name))).toEqual([]);
  });

  it.each([
    ["MIT", true],
    ["(MIT OR GPL-3.0-only)", true],
    ["MIT AND GPL-2.0-only", false],
    ["LGPL-3.0-or-later", false],
    ["none", false],
  ])("%s is permissive: %s", (expression, expected) => {
    expect(isPermissive(expression)).toBe(expected);
  });
});

/** Finds native code and WebAssembly, also where it is written into a script. */
async function containsCompiledCode({ folder }: ShippedPackage): Promise<boolean> {
  const entries = await readdir(inRepository(folder), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const isNested = path.slice(inRepository(folder).length).includes("node_modules");
    if (!entry.isFile() || isNested) continue;
    if ([".wasm", ".node", ".so", ".dll", ".dylib"].includes(extname(path))) return true;
    if (![".js", ".mjs", ".cjs"].includes(extname(path))) continue;
    const text = await readFile(path, "utf8");
    if (/WebAssembly\.(instantiate|compile|Module)/.test(text)) return true;
  }
  return false;
}
