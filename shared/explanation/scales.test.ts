import { describe, expect, it } from "vitest";
import { FIDELITY_STEPS, fidelityStep, RELEVANCE_STEPS, relevanceStep } from "./scales.ts";

describe("relevanceStep", () => {
  it.each([
    [0, "very-weak", 1],
    [0.1999, "very-weak", 1],
    [0.2, "weak", 2],
    [0.3999, "weak", 2],
    [0.4, "fair", 3],
    [0.5999, "fair", 3],
    [0.6, "good", 4],
    [0.7999, "good", 4],
    [0.8, "strong", 5],
    [1, "strong", 5],
  ])("of %d is %s, level %i", (relevance, id, level) => {
    expect(relevanceStep(relevance)).toMatchObject({ id, level });
  });

  it("has words with and without the noun", () => {
    expect(relevanceStep(0.1)).toMatchObject({ adjective: "very weak", words: "very weak match" });
    expect(new Set(RELEVANCE_STEPS.map(({ words }) => words)).size).toBe(5);
  });
});

describe("fidelityStep", () => {
  it.each([
    [1, "very-close"],
    [0.9, "very-close"],
    [0.8999, "close"],
    [0.7, "close"],
    [0.6999, "rough"],
    [0.5, "rough"],
    [0.4999, "poor"],
    [0.2, "poor"],
    [0.1999, "very-poor"],
    [-2, "very-poor"],
  ])("of %d is %s", (fidelity, id) => expect(fidelityStep(fidelity).id).toBe(id));

  it("has words of its own for each step", () => {
    expect(new Set(FIDELITY_STEPS.map(({ words }) => words)).size).toBe(5);
    expect(new Set(FIDELITY_STEPS.map(({ meaning }) => meaning)).size).toBe(5);
  });
});
