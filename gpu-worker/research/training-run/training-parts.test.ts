import { TrackId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { trainingFolds } from "./training-parts.ts";

const slugs = Array.from({ length: 13 }, (_, index) => TrackId.parse(`track-${index}`));

describe("trainingFolds", () => {
  it("tests each track once, outside its training part", () => {
    const folds = trainingFolds(slugs, 5, 3, "auc");
    expect(folds.map(({ test }) => test.length)).toEqual([3, 3, 3, 2, 2]);
    expect(folds.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual([...slugs.keys()]);
    for (const [index, { train, validation, test }] of folds.entries()) {
      expect(validation).toEqual(folds[(index + 1) % 5]!.test);
      expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual([...slugs.keys()]);
    }
  });

  it("trains on all other folds if no epoch is chosen, and depends on the seed", () => {
    const [first] = trainingFolds(slugs, 5, 3, "last");
    expect([first!.train.length, first!.validation]).toEqual([10, []]);
    expect(trainingFolds(slugs, 5, 3, "last")[0]).toEqual(first);
    expect(trainingFolds(slugs, 5, 4, "last")[0]).not.toEqual(first);
  });
});
