import { TrackId } from "@lemons/shared/contract/identifier";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBestScores } from "./best-scores.ts";

describe("createBestScores", () => {
  it("keeps the first scores of the sorted list", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 100 }),
        fc.integer({ min: 1, max: 12 }),
        (logits, limit) => {
          const all = logits.map((logit, i) => ({
            track: TrackId.parse(`t${String(i).padStart(3, "0")}`),
            logit,
          }));
          const best = createBestScores(limit);
          for (const score of all.toReversed()) {
            if (best.mayBelong(score.logit)) best.add(score);
          }
          const sorted = all.toSorted((a, b) => b.logit - a.logit || (a.track < b.track ? -1 : 1));
          expect(best.sorted()).toEqual(sorted.slice(0, limit));
        },
      ),
    );
  });
});
