import { describe, expect, it } from "vitest";
import { describeDecisiveSets, explainUndecided } from "./decisive-parts.tsx";
import { explanation } from "./explanation.fixture.ts";

describe("describeDecisiveSets", () => {
  it("names the fewest parts that are enough, and the fewest to mute", () => {
    const [sufficient, necessary] = describeDecisiveSets(explanation);
    expect(sufficient).toEqual({
      lead: "Fewest parts that are enough:",
      parts: "drums, 6–12\u202fs",
      meaning: "On their own they score 0.71, still a recommendation.",
    });
    expect(necessary).toEqual({
      lead: "Fewest to mute to lose it:",
      parts: "drums, 6–12\u202fs; bass, 6–12\u202fs",
      meaning: "Without them the score is 0.31, no longer a recommendation.",
    });
  });

  it("names a threshold other than the default instead of a recommendation", () => {
    const decision = { threshold: 0.25, reason: null };
    const [sufficient, necessary] = describeDecisiveSets({ ...explanation, decision });
    expect(sufficient!.meaning).toBe(
      "On their own they score 0.71, at least the threshold of 0.25.",
    );
    expect(necessary!.meaning).toBe("Without them the score is 0.31, below the threshold of 0.25.");
  });

  it("counts the parts if all of them are needed", () => {
    const sufficient = { components: [0, 1, 2, 3], relevance: 0.83 };
    expect(describeDecisiveSets({ ...explanation, sufficient })[0]!.parts).toBe(
      "all 4 parts together",
    );
  });
});

describe("explainUndecided", () => {
  const undecided = (reason: "not-above-silence" | "threshold-not-between" | "sampled") => ({
    ...explanation,
    decision: { threshold: null, reason },
  });

  it("explains why no part decides", () => {
    expect(explainUndecided(undecided("not-above-silence"))).toContain("than silence");
    expect(explainUndecided(undecided("threshold-not-between"))).toContain("threshold");
    expect(describeDecisiveSets(undecided("not-above-silence"))).toEqual([]);
  });

  it("returns null if parts decide or masks were sampled", () => {
    expect(explainUndecided(explanation)).toBeNull();
    expect(explainUndecided(undecided("sampled"))).toBeNull();
  });
});
