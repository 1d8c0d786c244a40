import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFolderStorage } from "../runtime/node/folder-storage.ts";
import { createTableCache, type TrackTable } from "./table-cache.ts";

const KEY = "a".repeat(64);
const OTHER = "b".repeat(64);
/** Of the table below. */
const TABLE_BYTES = 4 * 2 * (1 + 2);

function trackTable(value = 1): TrackTable {
  const engine = { reason: null, blocks: 2, columnsEvaluated: 8, forwardEquivalents: 3 };
  return {
    table: {
      segments: 1,
      sources: 1,
      columns: 3,
      meanChannels: 1,
      maxChannels: 2,
      features: [{ shift: 0, terms: [[0, 1]] }],
      groups: [{ components: [0], columns: 3, firstRow: 0 }],
      sums: Float32Array.of(value, 2),
      maxima: Float32Array.of(3, 4, 5, 6),
    },
    sources: ["mix"],
    engine: { kind: "table", seconds: { interior: 1 }, ...engine },
  };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-tables-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("createTableCache", () => {
  it("drops the least recently used table from memory first", async () => {
    const cache = createTableCache({ maxBytes: 2 * TABLE_BYTES });
    await cache.set(KEY, trackTable());
    await cache.set(OTHER, trackTable(7));
    await cache.get(KEY);
    await cache.set("c".repeat(64), trackTable());
    expect(await cache.get(OTHER)).toBeNull();
    expect(await cache.get(KEY)).toEqual(trackTable());
  });

  it("keeps tables in a folder for the next process, without temporary files", async () => {
    await createTableCache({ storage: createFolderStorage(folder) }).set(KEY, trackTable());
    expect(await createTableCache({ storage: createFolderStorage(folder) }).get(KEY)).toEqual(
      trackTable(),
    );
    expect((await readdir(folder)).sort()).toEqual([`${KEY}.bin`, `${KEY}.json`]);
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ["cut off", async (path) => writeFile(path, (await readFile(path)).subarray(0, -4))],
    [
      "changed in one bit",
      async (path) => {
        const bytes = await readFile(path);
        bytes[bytes.length - 3]! ^= 1;
        await writeFile(path, bytes);
      },
    ],
    ["empty", (path) => writeFile(path, "")],
    ["gone", (path) => rm(path)],
  ])("treats a file that is %s as missing", async (_, damage) => {
    for (const ending of ["bin", "json"]) {
      await createTableCache({ storage: createFolderStorage(folder) }).set(KEY, trackTable());
      await damage(join(folder, `${KEY}.${ending}`));
      // A bit of the JSON may change nothing that matters.
      const found = await createTableCache({ storage: createFolderStorage(folder) }).get(KEY);
      if (ending === "bin" || found !== null) {
        expect(found?.table ?? null).toEqual(ending === "bin" ? null : trackTable().table);
      }
    }
  });

  it("continues with a warning if the folder can't be written", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await writeFile(join(folder, "file"), "");
    const cache = createTableCache({
      storage: createFolderStorage(join(folder, "file", "tables")),
    });
    await cache.set(KEY, trackTable());
    expect(await cache.get(KEY)).toEqual(trackTable());
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("could not be kept"));
    warn.mockRestore();
  });

  it("drops tables older than their lifetime, in memory and in the folder", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval"] });
    try {
      const cache = createTableCache({ storage: createFolderStorage(folder), lifetimeMs: 60_000 });
      await cache.set(KEY, trackTable());
      await writeFile(join(folder, "notes.json"), "{}");
      vi.advanceTimersByTime(59_000);
      expect(await cache.get(KEY)).toEqual(trackTable());
      vi.advanceTimersByTime(8000);
      expect(await cache.get(KEY)).toBeNull();
      await vi.waitFor(async () => expect(await readdir(folder)).toEqual(["notes.json"]));
    } finally {
      vi.useRealTimers();
    }
  });

  it("removes expired tables of an earlier process", async () => {
    await createTableCache({ storage: createFolderStorage(folder) }).set(KEY, trackTable());
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const name of await readdir(folder)) await utimes(join(folder, name), hourAgo, hourAgo);
    await createTableCache({ storage: createFolderStorage(folder) }).set(OTHER, trackTable(7));
    const cache = createTableCache({ storage: createFolderStorage(folder), lifetimeMs: 60_000 });
    expect(await cache.get(KEY)).toBeNull();
    expect(await cache.get(OTHER)).toEqual(trackTable(7));
    await vi.waitFor(async () =>
      expect((await readdir(folder)).sort()).toEqual([`${OTHER}.bin`, `${OTHER}.json`]),
    );
  });
});
