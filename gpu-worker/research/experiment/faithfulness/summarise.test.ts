import type { FaithfulnessCase } from "@lemons/shared/contract/faithfulness";
import { TrackId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { summariseFaithfulness } from "./summarise.ts";

function caseOf(more: Partial<FaithfulnessCase>, hit: boolean): FaithfulnessCase {
  const answer = { top: 0, hit, deletion: 0.2, insertion: 0.8, correlation: null };
  return {
    model: "planted",
    type: "source",
    separator: "stems",
    track: TrackId.parse("one"),
    source: "drums",
    segment: null,
    verified: true,
    relevance: 0.9,
    fidelity: 0.9,
    components: 5,
    truth: [2],
    lime: answer,
    shapley: { ...answer, hit: !hit },
    random: { deletion: 0.5, insertion: 0.6 },
    ...more,
  };
}

describe("summariseFaithfulness", () => {
  it("returns a row per kind and method, over verified cases only", () => {
    const rows = summariseFaithfulness(
      [
        caseOf({}, true),
        caseOf({ track: TrackId.parse("two"), truth: [1, 2] }, true),
        caseOf({ track: TrackId.parse("three") }, false),
        caseOf({ track: TrackId.parse("four"), verified: false }, false),
        caseOf({ separator: "dsp" }, false),
      ],
      0,
    );
    expect(
      rows.map(({ separator, method, cases, hits }) => [separator, method, cases, hits]),
    ).toEqual([
      ["stems", "lime", 3, 2],
      ["stems", "shapley", 3, 1],
      ["dsp", "lime", 1, 0],
      ["dsp", "shapley", 1, 1],
    ]);
    expect(rows[0]).toMatchObject({
      accuracy: 2 / 3,
      deletion: expect.closeTo(0.2, 12),
      insertion: expect.closeTo(0.8, 12),
      randomDeletion: 0.5,
      correlation: null,
      allCases: 4,
      allAccuracy: 0.5,
    });
    expect(rows[0]!.chance).toBeCloseTo(4 / 15, 12);
    expect(rows[0]!.interval!.low).toBeLessThan(2 / 3);
    expect(rows[0]!.interval!.high).toBeGreaterThan(2 / 3);
  });

  it("returns null measures if no case is verified", () => {
    const [row] = summariseFaithfulness([caseOf({ verified: false }, true)], 0);
    expect(row).toMatchObject({ cases: 0, accuracy: null, interval: null, chance: null });
  });
});
