import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkExists,
  checkFolder,
  describeFileError,
  readAudioFile,
  readJsonFile,
} from "./input-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("reading a file", () => {
  it("throws with the file's name and what is wrong with it", async () => {
    const missing = join(folder, "missing.wav");
    await expect(readAudioFile(missing)).rejects.toThrow(`${missing}: no such file or folder`);
    await expect(readAudioFile(folder)).rejects.toThrow(`${folder}: a folder, not a file`);
    await expect(readAudioFile(join(folder, "a\0b"))).rejects.toThrow(/contains a null byte/);
    await expect(checkExists(missing)).rejects.toThrow(missing);
    const file = join(folder, "file.json");
    await writeFile(file, "[1,");
    await expect(readJsonFile(file)).rejects.toThrow(`${file}: not JSON`);
    await expect(checkFolder(file)).rejects.toThrow(`${file}: not a folder`);
    await expect(readAudioFile(join(file, "inside"))).rejects.toThrow("not a folder");
  });

  it("refuses a file that is larger than audio may be, without reading it", async () => {
    const huge = join(folder, "huge.wav");
    await writeFile(huge, "");
    const { truncate } = await import("node:fs/promises");
    await truncate(huge, 60_000_000);
    await expect(readAudioFile(huge)).rejects.toThrow("60000000 bytes; at most 50000000");
  });
});

describe("describeFileError", () => {
  const reasonFor = (path: string) =>
    readAudioFile(path).then(
      () => null,
      (error: Error) => error.message,
    );

  it("explains names that the file system refuses", async () => {
    const circle = join(folder, "circle");
    await symlink(circle, circle);
    expect(await reasonFor(circle)).toBe(`${circle}: its symbolic links lead in a circle`);
    const long = join(folder, "x".repeat(300));
    expect(await reasonFor(long)).toBe(`${long}: the name is too long`);
  });

  it("explains a name that is not UTF-8", async () => {
    const name = Buffer.concat([
      Buffer.from(`${folder}/caf`),
      Buffer.of(0xe9),
      Buffer.from(".wav"),
    ]);
    await writeFile(name, "");
    const [decoded] = await readdir(folder);
    const path = join(folder, decoded!);
    expect(await reasonFor(path)).toBe(`${path}: the name is not UTF-8; rename it`);
  });

  it("names no system call", () => {
    const error = Object.assign(new Error("EMFILE: too many open files, open 'a'"), {
      code: "EMFILE",
      errno: -24,
    });
    expect(describeFileError(error, "a")).toBe("too many open files");
  });
});
