import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TrackId } from "@lemons/shared/contract/identifier";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeWavFloat32 } from "../../../engine/audio/encode-wav.ts";
import { InputError } from "../../../engine/input-error.ts";
import { writeCatalogue } from "../../catalogue/catalogue-fixture.ts";
import { loadTruthTrack, mixWithSourceOnlyIn, readTruthTracks } from "./truth-tracks.ts";

const DEMO = fileURLToPath(new URL("../../../../demo", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-truth-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("readTruthTracks", () => {
  it("finds the demo's twelve tracks", async () => {
    const tracks = await readTruthTracks(DEMO, 5);
    expect(tracks).toHaveLength(12);
    expect(tracks[0]).toMatchObject({
      slug: "gt01-rock-power-chords",
      stems: expect.stringMatching(/stems.gt01-rock-power-chords.?$/),
      active: { vocals: [0, 1, 0, 1, 1], drums: [0, 1, 1, 1, 1] },
    });
  });

  it("names the error of a truth", async () => {
    await writeCatalogue(folder, [{ slug: "plain" }], []);
    await expect(readTruthTracks(folder, 5)).rejects.toThrow(
      /has no tracks with true stems and a truth/,
    );
    const catalogue = JSON.parse(await readFile(join(folder, "catalog.json"), "utf8"));
    Object.assign(catalogue.tracks[0], { stems: "stems", truth: "truth.json" });
    await writeFile(join(folder, "catalog.json"), JSON.stringify(catalogue));
    await expect(readTruthTracks(folder, 5)).rejects.toThrow(/truth\.json cannot be read as JSON/);
    await writeFile(join(folder, "truth.json"), '{"active": {"drums": [0, 2]}}');
    await expect(readTruthTracks(folder, 5)).rejects.toThrow(/is not a truth: active\.drums\.1/);
    await writeFile(join(folder, "truth.json"), '{"active": {"drums": [0, 1]}}');
    const read = readTruthTracks(folder, 5);
    await expect(read).rejects.toThrow(/"drums" has 2 segments; 5 are needed/);
    await expect(read).rejects.toThrow(InputError);
  });
});

async function writeStem(source: string, value: number, seconds: number): Promise<void> {
  const samples = new Float32Array(seconds * 16_000).fill(value);
  const wav = encodeWavFloat32({ sampleRate: 16_000, channels: [samples] });
  await writeFile(join(folder, `${source}.wav`), wav);
}

describe("loadTruthTrack and mixWithSourceOnlyIn", () => {
  it("mute one source outside a segment and leave the others unchanged", async () => {
    await writeStem("drums", 0.25, 10);
    await writeStem("bass", 0.5, 10);
    const active = { drums: [1 as const], bass: [1 as const] };
    const track = await loadTruthTrack({ slug: TrackId.parse("t"), stems: folder, active });
    expect(track.sources).toEqual(["drums", "bass"]);
    expect(track.waveforms.map(({ length }) => length)).toEqual([160_000, 160_000]);
    const cut = { source: "drums", segment: 1, segments: 5 };
    const [mix] = mixWithSourceOnlyIn(track, cut).channels;
    const at = (seconds: number) => mix![Math.round(seconds * 16_000)]!;
    expect([at(0), at(1.99), at(2), at(3.99), at(4), at(9)]).toEqual([
      0.5, 0.5, 0.75, 0.75, 0.5, 0.5,
    ]);
  });

  it("refuse a track longer than the explained snippet, and a stem without a truth", async () => {
    await writeStem("drums", 0.25, 31);
    const load = (active: Record<string, (0 | 1)[]>) =>
      loadTruthTrack({ slug: TrackId.parse("t"), stems: folder, active });
    await expect(load({ drums: [1] })).rejects.toThrow(/31\.0 s; a track .* at most 30 s/);
    await writeStem("drums", 0.25, 2);
    await expect(load({ bass: [1] })).rejects.toThrow(/has no entry for the stem "drums"/);
  });
});
