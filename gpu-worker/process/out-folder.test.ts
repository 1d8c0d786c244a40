import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkOutFolder, writeOutFolder } from "./out-folder.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("checkOutFolder", () => {
  it("makes what lies above, leaves nothing, and refuses a file", async () => {
    await checkOutFolder(join(folder, "a", "b", "out"));
    expect(await readdir(join(folder, "a", "b"))).toEqual([]);
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(checkOutFolder(file)).rejects.toThrow(`--out ${file}: not a folder`);
    await expect(checkOutFolder(join(file, "out"))).rejects.toThrow(/^--out /);
  });
});

describe("writeOutFolder", () => {
  it("makes the folder whole, open to others as any folder", async () => {
    const out = join(folder, "out");
    await writeOutFolder(out, [{ name: "a.txt", content: "a" }]);
    expect(await readFile(join(out, "a.txt"), "utf8")).toBe("a");
    expect(await readdir(folder)).toEqual(["out"]);
    const plain = join(folder, "plain");
    await mkdir(plain);
    expect((await stat(out)).mode).toBe((await stat(plain)).mode);
  });

  it("replaces its own files in a folder that is there, and leaves all others", async () => {
    const out = join(folder, "out");
    await mkdir(out);
    for (const name of ["a.txt", "old.mp3", "mine.txt"]) await writeFile(join(out, name), "old");
    await writeOutFolder(out, [{ name: "a.txt", content: "new" }], ["a.txt", "old.mp3"]);
    expect((await readdir(out)).sort()).toEqual(["a.txt", "mine.txt"]);
    expect(await readFile(join(out, "a.txt"), "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["out"]);
  });

  it("leaves nothing behind where it fails", async () => {
    const out = join(folder, "out");
    const files = [
      { name: "a.txt", content: "a" },
      { name: "no/such/folder.txt", content: "b" },
    ];
    await expect(writeOutFolder(out, files)).rejects.toThrow("ENOENT");
    expect(await readdir(folder)).toEqual([]);
  });
});
