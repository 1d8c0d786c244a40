import { describe, expect, it } from "vitest";
import { decisiveWords, undecidedWords } from "./decisive-words.ts";
import { explanation } from "./explanation.fixture.ts";

describe("decisiveWords", () => {
  it("names the parts that suffice and the parts that must not be missing", () => {
    const [enough, without] = decisiveWords(explanation);
    expect(enough).toEqual({
      lead: "Alone enough:",
      parts: "drums, 6–12\u202fs",
      meaning: "With nothing else to hear, it would still be recommended (relevance 0.71).",
    });
    expect(without).toEqual({
      lead: "Without",
      parts: "drums, 6–12\u202fs; bass, 6–12\u202fs",
      meaning: "it would not be recommended (relevance 0.31).",
    });
  });

  it("does not call a track recommended that another mark is set for", () => {
    const decision = { threshold: 0.25, reason: null };
    const [enough, without] = decisiveWords({ ...explanation, decision });
    expect(enough!.meaning).toBe(
      "With nothing else to hear, the relevance is 0.71, not below the mark of 0.25.",
    );
    expect(without!.meaning).toBe("the relevance falls to 0.31, below the mark of 0.25.");
  });

  it("says so where nothing less than everything is enough", () => {
    const sufficient = { components: [0, 1, 2, 3], relevance: 0.83 };
    expect(decisiveWords({ ...explanation, sufficient })[0]!.parts).toBe("all 4 parts together");
  });
});

describe("undecidedWords", () => {
  const undecided = (reason: "not-above-silence" | "threshold-not-between" | "sampled") => ({
    ...explanation,
    decision: { threshold: null, reason },
  });

  it("says why no part decides", () => {
    expect(undecidedWords(undecided("not-above-silence"))).toContain("than silence");
    expect(undecidedWords(undecided("threshold-not-between"))).toContain("threshold");
    expect(decisiveWords(undecided("not-above-silence"))).toEqual([]);
  });

  it("is silent where parts decide, and where masks were drawn", () => {
    expect(undecidedWords(explanation)).toBeNull();
    expect(undecidedWords(undecided("sampled"))).toBeNull();
  });
});
