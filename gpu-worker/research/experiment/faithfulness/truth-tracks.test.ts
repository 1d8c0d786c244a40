import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../../engine/input-error.ts";
import { writeCatalogue } from "../../catalogue/catalogue-fixture.ts";
import { readTruthTracks } from "./truth-tracks.ts";

const DEMO = fileURLToPath(new URL("../../../../demo", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-truth-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("readTruthTracks", () => {
  it("finds the demo's twelve", async () => {
    const tracks = await readTruthTracks(DEMO, 5);
    expect(tracks).toHaveLength(12);
    expect(tracks[0]).toMatchObject({
      slug: "gt01-rock-power-chords",
      stems: expect.stringMatching(/stems.gt01-rock-power-chords.?$/),
      active: { vocals: [0, 1, 0, 1, 1], drums: [0, 1, 1, 1, 1] },
    });
  });

  it("says what is wrong with a truth", async () => {
    await writeCatalogue(folder, [{ slug: "plain" }], []);
    await expect(readTruthTracks(folder, 5)).rejects.toThrow(/has no tracks with stems and truth/);
    const catalogue = JSON.parse(await readFile(join(folder, "catalog.json"), "utf8"));
    Object.assign(catalogue.tracks[0], { stems: "stems", truth: "truth.json" });
    await writeFile(join(folder, "catalog.json"), JSON.stringify(catalogue));
    await expect(readTruthTracks(folder, 5)).rejects.toThrow(/truth\.json cannot be read as JSON/);
    await writeFile(join(folder, "truth.json"), '{"active": {"drums": [0, 2]}}');
    await expect(readTruthTracks(folder, 5)).rejects.toThrow(/tells no truth: active\.drums\.1/);
    await writeFile(join(folder, "truth.json"), '{"active": {"drums": [0, 1]}}');
    const read = readTruthTracks(folder, 5);
    await expect(read).rejects.toThrow(/"drums" has 2 segments; 5 are needed/);
    await expect(read).rejects.toThrow(InputError);
  });
});
