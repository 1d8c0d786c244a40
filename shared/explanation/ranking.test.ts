import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complexity, deletionInsertion, sortedComponents } from "./ranking.ts";

interface GoldenFilter {
  positive: boolean;
  negative: boolean;
  num_components: number | "all";
  min_abs_weight: number;
  indices: number[];
}

interface GoldenFile {
  results: { feature_selection: string; sorted_exp: [number, number][] }[];
  get_sorted_components: GoldenFilter[];
}

describe.each(["lime_time_n64_v001", "lime_time_source_n64_v001"])(
  "sortedComponents of %s",
  (name) => {
    const url = new URL(`../../infra/golden/lime/${name}.json`, import.meta.url);
    const golden: GoldenFile = JSON.parse(readFileSync(url, "utf8"));
    const fit = golden.results.find((result) => result.feature_selection === "none")!;
    const weights = new Array<number>(fit.sorted_exp.length).fill(0);
    for (const [index, weight] of fit.sorted_exp) weights[index] = weight;

    it.each(golden.get_sorted_components)(
      "positive $positive, negative $negative, count $num_components, from $min_abs_weight",
      (filter) => {
        const indices = sortedComponents(weights, {
          positive: filter.positive,
          negative: filter.negative,
          count: filter.num_components,
          minAbsWeight: filter.min_abs_weight,
        });
        expect(indices).toEqual(filter.indices);
      },
    );
  },
);

describe("sortedComponents", () => {
  it("ranks all components, equal weights by index", () => {
    expect(sortedComponents([0, 0.5, -1, 0.5, 0])).toEqual([1, 3, 0, 4, 2]);
  });

  it("omits zero weights for a single sign", () => {
    expect(sortedComponents([0, 1, -1], { negative: false })).toEqual([1]);
    expect(sortedComponents([0, 1, -1], { positive: false })).toEqual([2]);
  });

  it("rejects excluding both signs", () => {
    expect(() => sortedComponents([1], { positive: false, negative: false })).toThrow(RangeError);
    expect(() => sortedComponents([1], { count: -1 })).toThrow(RangeError);
  });
});

const url = new URL("../../infra/golden/lime/complexity.json", import.meta.url);
const golden: { weights: number[]; complexity: number | "nan" }[] = JSON.parse(
  readFileSync(url, "utf8"),
);

describe("complexity", () => {
  it.each(golden)("of $weights is $complexity, as in the original", (vector) => {
    const value = complexity(vector.weights);
    if (vector.complexity === "nan") expect(value).toBeNull();
    else expect(Math.abs(value! - vector.complexity)).toBeLessThan(1e-12);
  });

  it("is null if there is nothing to compare", () => {
    expect(complexity([])).toBeNull();
    expect(complexity([0, 0, 0])).toBeNull();
  });

  it("stays within 0 and 1 and ignores signs, scale and order", () => {
    const weights = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(weights, (values) => {
        fc.pre(values.some((value) => Math.abs(value) > 1e-9));
        const value = complexity(values)!;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(complexity(values.map((w) => -3 * w).reverse())).toBeCloseTo(value, 9);
      }),
    );
  });
});

describe("deletionInsertion", () => {
  const weights = [0.1, 0.5, 0.2];
  const relevanceOf = (mask: Uint8Array) => weights.reduce((sum, w, i) => sum + w * mask[i]!, 0.1);

  it("removes and adds components by the ranking", () => {
    const { deletion, insertion } = deletionInsertion([1, 2, 0], relevanceOf);
    [0.9, 0.4, 0.2, 0.1].forEach((value, i) => {
      expect(deletion.relevances[i]).toBeCloseTo(value, 12);
    });
    [0.1, 0.6, 0.8, 0.9].forEach((value, i) => {
      expect(insertion.relevances[i]).toBeCloseTo(value, 12);
    });
    expect(deletion.area).toBeCloseTo((0.5 + 0.4 + 0.2) / 3, 12);
    expect(insertion.area).toBeCloseTo((0.5 + 0.6 + 0.8) / 3, 12);
  });

  it("prefers a good ranking to a bad one", () => {
    const good = deletionInsertion([1, 2, 0], relevanceOf);
    const bad = deletionInsertion([0, 2, 1], relevanceOf);
    expect(good.deletion.area).toBeLessThan(bad.deletion.area);
    expect(good.insertion.area).toBeGreaterThan(bad.insertion.area);
  });

  it("rejects an incomplete or repeated ranking", () => {
    expect(() => deletionInsertion([], relevanceOf)).toThrow(RangeError);
    expect(() => deletionInsertion([0, 0, 1], relevanceOf)).toThrow(RangeError);
    expect(() => deletionInsertion([0, 1, 3], relevanceOf)).toThrow(RangeError);
  });
});
