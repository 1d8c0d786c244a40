import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { Stability, type StabilitySettings } from "@lemons/shared/contract/stability";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../engine/input-error.ts";
import { writeCatalogue } from "../catalogue/catalogue-fixture.ts";
import { type MeasureTrack, stabilityOfCatalogue } from "./stability-of-catalogue.ts";

const settings: StabilitySettings = {
  type: "time+source",
  segments: 5,
  kernelWidth: 0.25,
  repeats: 2,
  top: 3,
  samples: [16],
  seed: 4,
};
const models = ["ada", "bea"].map((listener) => ({
  listener: ListenerId.parse(listener),
  path: listener,
  id: ModelId.parse(`m-${listener}`),
  version: (listener === "ada" ? "a" : "b").repeat(64),
}));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-stability-"));
  const tracks = ["one", "two", "three", "four"].map((slug) => ({ slug }));
  await writeCatalogue(folder, [...tracks, { slug: "five", stems: "stems/five" }], []);
});
afterEach(() => rm(folder, { recursive: true }));

/** Results that encode the seeds, so that mixed-up seeds fail the test. */
const measureTrack: MeasureTrack = async (_, seeds) =>
  models.map((_, model) => ({
    relevance: seeds[0]! / 2 ** 32,
    hasTable: model === 0,
    points: [{ samples: 16, unique: 3 + (seeds[1]! % 4), topAgreement: 1, weightError: 0.1 }],
  }));

const measure = (more: Partial<Parameters<typeof stabilityOfCatalogue>[0]> = {}) =>
  stabilityOfCatalogue({
    catalogue: folder,
    models,
    settings,
    tracks: null,
    record: null,
    measureTrack,
    ...more,
  });

describe("stabilityOfCatalogue", () => {
  it("measures every track once, with its own seeds, and returns a valid document", async () => {
    const heard: [string, boolean][] = [];
    const seeds = new Set<number>();
    const stability = await measure({
      measureTrack: (sound, each) => {
        heard.push([sound.path, sound.isStems]);
        for (const seed of each) seeds.add(seed);
        return measureTrack(sound, each);
      },
    });
    expect(Stability.parse(stability)).toEqual(stability);
    expect(heard.sort()).toEqual([
      [join(folder, "four.wav"), false],
      [join(folder, "one.wav"), false],
      [join(folder, "stems", "five"), true],
      [join(folder, "three.wav"), false],
      [join(folder, "two.wav"), false],
    ]);
    expect(seeds.size).toBe(10);
    expect(stability).toMatchObject({ tracks: 5, withoutTable: 5 });
    expect(stability.listeners.map(({ listener }) => listener)).toEqual(["ada", "bea"]);
  });

  it("resumes after the last finished track, with the same result", async () => {
    const record = join(folder, "record.ndjson");
    let left = 3;
    const stopping: MeasureTrack = async (sound, seeds) => {
      if (left-- === 0) throw new Error("power cut");
      return measureTrack(sound, seeds);
    };
    await expect(measure({ record, measureTrack: stopping })).rejects.toThrow("power cut");
    let measured = 0;
    const counting: MeasureTrack = (sound, seeds) => {
      measured++;
      return measureTrack(sound, seeds);
    };
    expect(await measure({ record, measureTrack: counting })).toEqual(await measure());
    expect(measured).toBe(2);
    // A smaller number of tracks is a subset of the recorded ones.
    expect((await measure({ record, measureTrack: counting, tracks: 2 })).tracks).toBe(2);
    expect(measured).toBe(2);
    // Other settings don't match the record.
    await measure({ record, measureTrack: counting, settings: { ...settings, seed: 5 } });
    expect(measured).toBe(7);
  });

  it("draws the requested number of tracks with the seed; their results don't depend on the number", async () => {
    const all = await measure();
    const some = await measure({ tracks: 3 });
    expect(await measure({ tracks: 3 })).toEqual(some);
    const byTrack = new Map(all.listeners[0]!.tracks.map((each) => [each.track, each]));
    expect(some.tracks).toBe(3);
    for (const each of some.listeners[0]!.tracks) expect(each).toEqual(byTrack.get(each.track));
    const chosen = (seed: number) =>
      measure({ tracks: 3, settings: { ...settings, seed } }).then(({ listeners }) =>
        listeners[0]!.tracks.map(({ track }) => track).join(),
      );
    const choices = await Promise.all([1, 2, 3, 4, 5, 6].map(chosen));
    expect(new Set(choices).size).toBeGreaterThan(1);
    await expect(measure({ tracks: 6 })).rejects.toThrow(InputError);
  });
});
