import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sigmoid } from "./exponential.ts";
import { enumerated, randomStatistics } from "./random.fixture.ts";
import { decisiveSets } from "./sufficient-necessary.ts";

const nothing = (reason: string) => ({
  sufficient: null,
  necessary: null,
  decision: { threshold: null, reason },
});

describe("decisiveSets", () => {
  it("finds the smallest sets of an exhaustive search", () => {
    fc.assert(
      fc.property(randomStatistics(8), ({ masks, relevances, statistics }) => {
        const sets = decisiveSets(statistics);
        if (sets.decision.reason !== null) {
          expect(relevances[0]).toBeLessThanOrEqual(relevances.at(-1)!);
          return;
        }
        const { sufficient, necessary } = sets;
        const { threshold } = sets.decision;
        const search = (bit: 0 | 1, passes: (p: number) => boolean, sign: number) =>
          masks
            .map((mask, row) => ({
              components: [...mask.keys()].filter((i) => mask[i] === bit),
              relevance: relevances[row]!,
            }))
            .filter(({ relevance }) => passes(relevance))
            .sort(
              (a, b) =>
                a.components.length - b.components.length || sign * (b.relevance - a.relevance),
            )[0];
        expect(sufficient).toEqual(search(1, (p) => p >= threshold, 1));
        expect(necessary).toEqual(search(0, (p) => p < threshold, -1));
      }),
    );
  });

  it("defaults the threshold to one half if possible, else to the midpoint", () => {
    const linear = (bias: number) => enumerated(2, ([a, b]) => bias + a! + 2 * b!).statistics;
    expect(decisiveSets(linear(-2))).toEqual({
      sufficient: { components: [1], relevance: 0.5 },
      necessary: { components: [1], relevance: sigmoid(-1) },
      decision: { threshold: 0.5, reason: null },
    });
    const above = decisiveSets(linear(1));
    expect(above).toMatchObject({ decision: { threshold: (sigmoid(1) + sigmoid(4)) / 2 } });
    const below = decisiveSets(linear(-5));
    expect(below).toMatchObject({ decision: { threshold: (sigmoid(-5) + sigmoid(-2)) / 2 } });
  });

  it("finds no sets for a threshold outside silence and the whole track", () => {
    const { statistics } = enumerated(2, ([a, b]) => a! + b!);
    expect(decisiveSets(statistics, 0.6)).toMatchObject({
      decision: { reason: null, threshold: 0.6 },
    });
    const none = nothing("threshold-not-between");
    expect(decisiveSets(statistics, 0.5)).toEqual(none);
    expect(decisiveSets(statistics, 0.95)).toEqual(none);
  });

  it("finds no sets if the track is no more relevant than silence", () => {
    const none = nothing("not-above-silence");
    expect(decisiveSets(enumerated(2, () => 1).statistics)).toEqual(none);
    expect(decisiveSets(enumerated(2, ([a]) => -a!).statistics)).toEqual(none);
  });

  it("finds sets if the track is barely more relevant than silence", () => {
    const { statistics } = enumerated(2, ([a, b]) => 2 ** -51 * (a! + b!) + 2);
    const sets = decisiveSets(statistics);
    if (sets.sufficient) expect(sets.sufficient.components.length).toBeGreaterThan(0);
  });
});
