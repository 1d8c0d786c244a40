import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitTracks } from "./split-tracks.ts";

const slugs = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,6}$/), { maxLength: 60 });
const seeds = fc.integer({ min: 0, max: 0xffffffff });

describe("splitTracks", () => {
  it("uses the permutation of NumPy's RandomState", () => {
    // numpy.random.RandomState(0).permutation(10) is 2 8 4 9 1 6 7 3 0 5.
    const tracks = Array.from({ length: 10 }, (_, index) => `track-${index}`);
    const { test, validation, train } = splitTracks(tracks, 0);
    expect(test).toEqual(["track-2"]);
    expect(validation).toEqual(["track-8"]);
    expect(train).toEqual([0, 1, 3, 4, 5, 6, 7, 9].map((index) => `track-${index}`));
  });

  it("splits 80/10/10", () => {
    const sizes = (count: number) => {
      const tracks = Array.from({ length: count }, (_, index) => `${index}`);
      const { test, validation, train } = splitTracks(tracks, 5);
      return [train.length, validation.length, test.length];
    };
    expect([0, 2, 3, 14, 15, 72, 1000].map(sizes)).toEqual([
      [0, 0, 0],
      [2, 0, 0],
      [1, 1, 1],
      [12, 1, 1],
      [11, 2, 2],
      [58, 7, 7],
      [800, 100, 100],
    ]);
  });

  it("puts each track into one part, for any order of input", () => {
    fc.assert(
      fc.property(slugs, seeds, fc.integer(), (tracks, seed, shuffling) => {
        const split = splitTracks(tracks, seed);
        const parts = [...split.train, ...split.validation, ...split.test];
        expect(parts.sort()).toEqual(tracks.toSorted());
        const shuffled = tracks
          .map((track, index) => ({ track, key: Math.sin(shuffling + 99 * index) }))
          .sort((a, b) => a.key - b.key)
          .map(({ track }) => track);
        expect(splitTracks(shuffled, seed)).toEqual(split);
      }),
    );
  });

  it("puts every track into test for some seeds", () => {
    const tracks = Array.from({ length: 20 }, (_, index) => `${index}`);
    const tested = new Map<string, number>();
    for (let seed = 0; seed < 500; seed++) {
      for (const track of splitTracks(tracks, seed).test) {
        tested.set(track, (tested.get(track) ?? 0) + 1);
      }
    }
    // Binomial(500, 0.1): mean 50, standard deviation 6.7.
    expect(tested.size).toBe(20);
    for (const times of tested.values()) expect(Math.abs(times - 50)).toBeLessThan(30);
  });

  it("refuses duplicate tracks and seeds out of range", () => {
    expect(() => splitTracks(["a", "b", "a"], 0)).toThrow(RangeError);
    expect(() => splitTracks(["a", "b", "c"], -1)).toThrow(RangeError);
  });
});
