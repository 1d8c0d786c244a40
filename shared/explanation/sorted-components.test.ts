import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sortedComponents } from "./sorted-components.ts";

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

  it("has no zero weights on either side alone", () => {
    expect(sortedComponents([0, 1, -1], { negative: false })).toEqual([1]);
    expect(sortedComponents([0, 1, -1], { positive: false })).toEqual([2]);
  });

  it("refuses to list nothing", () => {
    expect(() => sortedComponents([1], { positive: false, negative: false })).toThrow(RangeError);
    expect(() => sortedComponents([1], { count: -1 })).toThrow(RangeError);
  });
});
