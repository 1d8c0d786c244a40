import { describe, expect, it } from "vitest";
import { relevanceStep } from "./relevance-step.ts";

describe("relevanceStep", () => {
  it.each([
    [0, 1],
    [0.1999, 1],
    [0.2, 2],
    [0.3999, 2],
    [0.4, 3],
    [0.5999, 3],
    [0.6, 4],
    [0.7999, 4],
    [0.8, 5],
    [1, 5],
  ])("%d is step %i", (relevance, step) => expect(relevanceStep(relevance).step).toBe(step));

  it("calls every step by a name of its own", () => {
    const words = [0.1, 0.3, 0.5, 0.7, 0.9].map((relevance) => relevanceStep(relevance).words);
    expect(new Set(words).size).toBe(5);
  });
});
