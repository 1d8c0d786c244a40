import { describe, expect, it } from "vitest";
import { explainsIrrelevance, targetPredictions } from "./target.ts";

describe("targetPredictions", () => {
  it("is the relevance by default, whatever it is", () => {
    expect([...targetPredictions("relevance", [0.25, 0.75])]).toEqual([0.25, 0.75]);
  });

  it("is the class the model predicts for the whole track, if asked", () => {
    expect([...targetPredictions("predicted-class", [0.75, 0.25])]).toEqual([0.75, 0.25]);
    expect([...targetPredictions("predicted-class", [0.25, 0.75])]).toEqual([0.75, 0.25]);
  });

  it("takes a relevance of one half as relevant, as NumPy's argsort does", () => {
    expect(explainsIrrelevance("predicted-class", 0.5)).toBe(false);
    expect(explainsIrrelevance("predicted-class", 0.499)).toBe(true);
    expect(explainsIrrelevance("relevance", 0.1)).toBe(false);
  });

  it("needs the whole track", () => {
    expect(() => targetPredictions("relevance", [])).toThrow(RangeError);
  });
});
