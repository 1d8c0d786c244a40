import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkExists,
  checkFolder,
  checkOutFolder,
  readAudioFile,
  readJsonFile,
  writeOutFolder,
} from "./files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("reading", () => {
  it("names the file and what is wrong with it", async () => {
    const missing = join(folder, "missing.wav");
    await expect(readAudioFile(missing)).rejects.toThrow(`${missing}: no such file or folder`);
    await expect(readAudioFile(folder)).rejects.toThrow(`${folder}: a folder, not a file`);
    await expect(readAudioFile(join(folder, "a\0b"))).rejects.toThrow(/null bytes/);
    await expect(checkExists(missing)).rejects.toThrow(missing);
    const file = join(folder, "file.json");
    await writeFile(file, "[1,");
    await expect(readJsonFile(file)).rejects.toThrow(`${file}: not JSON`);
    await expect(checkFolder(file)).rejects.toThrow(`${file}: not a folder`);
    await expect(readAudioFile(join(file, "inside"))).rejects.toThrow("not a folder");
  });

  it("reads no more than audio may have, without reading it", async () => {
    const huge = join(folder, "huge.wav");
    await writeFile(huge, "");
    const { truncate } = await import("node:fs/promises");
    await truncate(huge, 60_000_000);
    await expect(readAudioFile(huge)).rejects.toThrow("60000000 bytes; at most 50000000");
  });
});

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
