import { Progress } from "@lemons/shared/contract/job";
import { describe, expect, it } from "vitest";
import { countWords, phaseWords, progressFraction } from "./progress.ts";

const phases = Progress.shape.phase.options;

describe("progressFraction", () => {
  it("grows through all phases of the contract from 0 to 1", () => {
    const fractions = phases.flatMap((phase) =>
      [0, 1, 2].map((done) => progressFraction({ phase, done, total: 2 })),
    );
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  it("stays at the start of a phase of unknown length, and within one of too many steps", () => {
    const start = progressFraction({ phase: "scoring", done: 3, total: 0 });
    expect(start).toBe(progressFraction({ phase: "scoring", done: 0, total: 10 }));
    expect(progressFraction({ phase: "storing", done: 9, total: 3 })).toBe(1);
  });
});

describe("phaseWords", () => {
  it("has plain words for every phase, and for none", () => {
    const words = [null, ...phases.map((phase) => ({ phase, done: 0, total: 0 }))].map(phaseWords);
    expect(new Set(words).size).toBe(phases.length + 1);
    for (const text of words) expect(text).toMatch(/^[A-Z][a-z]/);
  });
});

describe("countWords", () => {
  it("counts where there is something to count", () => {
    expect(countWords({ phase: "scoring", done: 12, total: 240 })).toBe("12 of 240");
    expect(countWords({ phase: "fitting", done: 0, total: 1 })).toBeNull();
    expect(countWords({ phase: "waiting", done: 0, total: 0 })).toBeNull();
    expect(countWords(null)).toBeNull();
  });
});
