import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkExists, checkFolder, readAudioFile, readJsonFile } from "./input-files.ts";

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
