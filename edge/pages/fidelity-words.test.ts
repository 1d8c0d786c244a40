import { describe, expect, it } from "vitest";
import { fidelityWords } from "./fidelity-words.ts";

describe("fidelityWords", () => {
  it.each([
    [1, "very close", "100 %"],
    [0.9, "very close", "90 %"],
    [0.89, "close", "89 %"],
    [0.4, "rough", "40 %"],
    [0.1, "poor", "10 %"],
  ])("%d is %s", (fidelity, word, percent) => {
    expect(fidelityWords(fidelity)).toMatchObject({ word, percent });
    expect(fidelityWords(fidelity).meaning).toContain(percent);
  });

  it("calls a fit that is worse than the mean what it is", () => {
    const { percent, word, meaning } = fidelityWords(-0.3);
    expect({ percent, word }).toEqual({ percent: "−30 %", word: "poor" });
    expect(meaning).toContain("0 %");
  });
});
