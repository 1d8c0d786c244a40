import { describe, expect, it } from "vitest";
import { deletionInsertion } from "./curves.ts";

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

  it("refuses what is no ranking", () => {
    expect(() => deletionInsertion([], relevanceOf)).toThrow(RangeError);
    expect(() => deletionInsertion([0, 0, 1], relevanceOf)).toThrow(RangeError);
    expect(() => deletionInsertion([0, 1, 3], relevanceOf)).toThrow(RangeError);
  });
});
