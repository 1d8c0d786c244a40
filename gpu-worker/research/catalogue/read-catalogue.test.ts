import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../engine/input-error.ts";
import { readCatalogue, readListening } from "./read-catalogue.ts";

const DEMO = fileURLToPath(new URL("../../../demo", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-catalogue-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("readCatalogue and readListening", () => {
  it("read the demo catalogue", async () => {
    const catalogue = await readCatalogue(DEMO);
    expect(catalogue.tracks).toHaveLength(72);
    const listening = await readListening(DEMO, catalogue);
    expect(listening).toHaveLength(133);
    expect(listening[0]).toEqual({
      listener: "ilse",
      track: "wesnoth-into-the-shadows",
      plays: 40,
    });
  });

  it("name the file that is missing or malformed", async () => {
    await expect(readCatalogue(folder)).rejects.toThrow(/catalog\.json cannot be read as JSON/);
    await writeFile(join(folder, "catalog.json"), '{"format": 2}');
    await expect(readCatalogue(folder)).rejects.toThrow(/catalog\.json is not a catalogue: format/);

    const catalogue = await readCatalogue(DEMO);
    await expect(readListening(folder, catalogue)).rejects.toThrow(/listening\.tsv cannot be read/);
    await writeFile(join(folder, "listening.tsv"), "ilse\tblobwars-party\tmany\n");
    await expect(readListening(folder, catalogue)).rejects.toThrow(
      /listening\.tsv line 1: expected/,
    );
    await writeFile(join(folder, "listening.tsv"), "ilse\tno-such-track\t3\n");
    const lacking = readListening(folder, catalogue);
    await expect(lacking).rejects.toThrow(/ilse listened to "no-such-track", which/);
    await expect(lacking).rejects.toThrow(InputError);
  });

  it("refuse a track named twice", async () => {
    const { tracks } = await readCatalogue(DEMO);
    const twice = { format: 1, tracks: [tracks[0], tracks[1], tracks[0]] };
    await writeFile(join(folder, "catalog.json"), JSON.stringify(twice));
    await expect(readCatalogue(folder)).rejects.toThrow(`two tracks named "${tracks[0]!.slug}"`);
  });

  const readWithFile = async (file: string) => {
    const [track] = (await readCatalogue(DEMO)).tracks;
    const catalogue = { format: 1, tracks: [{ ...track, file }] };
    await writeFile(join(folder, "catalog.json"), JSON.stringify(catalogue));
    return readCatalogue(folder);
  };

  it.each(["a b/Motörhead – Ace (live) #1.wav", "夜/曲 & co.flac", "..hidden/it's.mp3"])(
    "accept the file name %s",
    async (file) => {
      expect((await readWithFile(file)).tracks[0]!.file).toBe(file);
    },
  );

  it.each(["../a.wav", "a/../../b.wav", "/etc/passwd", "a\0.wav", "", "a\ud800.wav"])(
    "refuse the path %j",
    async (file) => {
      await expect(readWithFile(file)).rejects.toThrow(/tracks\.0\.file must be/);
    },
  );

  it("find a file by the other Unicode spelling of its name", async () => {
    const [nfc, nfd] = ["Motörhead/é.wav".normalize("NFC"), "Motörhead/é.wav".normalize("NFD")];
    await mkdir(join(folder, dirname(nfd)));
    await writeFile(join(folder, nfd), "");
    expect((await readWithFile(nfc)).tracks[0]!.file).toBe(nfd);
    expect((await readWithFile(nfd)).tracks[0]!.file).toBe(nfd);
  });

  it("prefer the exact spelling if both exist", async () => {
    const [nfc, nfd] = ["é.wav".normalize("NFC"), "é.wav".normalize("NFD")];
    for (const name of [nfc, nfd]) await writeFile(join(folder, name), "");
    expect((await readWithFile(nfc)).tracks[0]!.file).toBe(nfc);
    expect((await readWithFile(nfd)).tracks[0]!.file).toBe(nfd);
  });
});
