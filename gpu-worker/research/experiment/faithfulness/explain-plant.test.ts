import type { Mask } from "@lemons/shared/explanation/mask";
import { describe, expect, it } from "vitest";
import { randomFor } from "../../training-data/random.ts";
import { randomAreas, rankedAnswer } from "./explain-plant.ts";

/** Relevance to a listener who responds to component 2 only. */
const wantsTwo = (mask: Mask) => (mask[2] === 1 ? 0.9 : 0.1);
const input = { truth: [2], relevanceOf: wantsTwo, reference: null, audible: [0, 1, 2, 3] };

describe("rankedAnswer", () => {
  it("rewards a ranking that puts the true component first", () => {
    const right = rankedAnswer({ ...input, values: [0, 0.1, 0.8, -0.2] });
    expect(right).toMatchObject({ top: 2, hit: true, correlation: null });
    // Whole .9, then .1 four times: trapezoids of width 1/4.
    expect(right.deletion).toBeCloseTo((0.5 + 0.1 * 3) / 4, 12);
    expect(right.insertion).toBeCloseTo((0.5 + 0.9 * 3) / 4, 12);
    const wrong = rankedAnswer({ ...input, values: [0.3, 0.2, 0, 0.1] });
    expect(wrong).toMatchObject({ top: 0, hit: false });
    expect(wrong.deletion).toBeCloseTo((0.9 * 3 + 0.5) / 4, 12);
    expect(wrong.insertion).toBeCloseTo((0.1 * 3 + 0.5) / 4, 12);
  });

  it("correlates audible components with another model's values", () => {
    const values = [0, 0.1, 0.8, -0.2];
    const same = { ...input, values, reference: values };
    expect(rankedAnswer(same).correlation).toBe(1);
    expect(rankedAnswer({ ...same, reference: values.map((each) => -each) }).correlation).toBe(-1);
    const elsewhere = { ...same, reference: [5, 0.1, 0.8, -0.2], audible: [1, 2, 3] };
    expect(rankedAnswer(elsewhere).correlation).toBe(1);
    expect(rankedAnswer({ ...elsewhere, audible: [0, 1, 2, 3] }).correlation).toBeLessThan(1);
  });
});

describe("randomAreas", () => {
  it("lies between the best and the worst ranking, and depends on the seed alone", () => {
    const areas = randomAreas(4, wantsTwo, randomFor(1, "test"));
    expect(areas).toEqual(randomAreas(4, wantsTwo, randomFor(1, "test")));
    expect(areas.deletion).toBeGreaterThan(0.3);
    expect(areas.deletion).toBeLessThan(0.7);
    expect(areas.deletion + areas.insertion).toBeCloseTo(1, 12);
  });
});
