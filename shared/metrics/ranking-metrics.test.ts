import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averagePrecision, rocAuc } from "./ranking-metrics.ts";

interface Golden {
  y: number[];
  s: number[];
  /** "nan" if a class is missing. */
  roc_auc: number | "nan";
  avg_prec: number;
}

const GOLDEN: Golden[] = JSON.parse(
  readFileSync(new URL("../../infra/golden/lime/metrics.json", import.meta.url), "utf8"),
);

/** Few distinct scores, so that ties are common, and both labels. */
const labelled = fc
  .array(fc.record({ label: fc.boolean(), score: fc.integer({ min: -8, max: 8 }) }), {
    minLength: 2,
    maxLength: 40,
  })
  .map((items) => ({
    labels: items.map((each) => each.label),
    scores: items.map((each) => each.score),
  }))
  .filter(({ labels }) => new Set(labels).size === 2);

describe("rocAuc and averagePrecision", () => {
  it.each(GOLDEN.map((each, index) => ({ ...each, index })))(
    "equal scikit-learn's on golden set $index",
    ({ y, s, roc_auc, avg_prec }) => {
      const labels = y.map((label) => label === 1);
      if (roc_auc === "nan") {
        expect([rocAuc(labels, s), averagePrecision(labels, s)]).toEqual([null, null]);
        return;
      }
      expect(Math.abs(rocAuc(labels, s)! - roc_auc)).toBeLessThan(1e-12);
      expect(Math.abs(averagePrecision(labels, s)! - avg_prec)).toBeLessThan(1e-12);
    },
  );

  it("are null if a class is missing", () => {
    for (const metric of [rocAuc, averagePrecision]) {
      expect(metric([true, true], [1, 2])).toBeNull();
      expect(metric([false, false], [1, 2])).toBeNull();
      expect(metric([], [])).toBeNull();
    }
  });

  it("reject invalid scores and lengths", () => {
    for (const metric of [rocAuc, averagePrecision]) {
      expect(() => metric([true], [1, 2])).toThrow("there are 1 labels but 2 scores");
      expect(() => metric([true, false], [1, Number.NaN])).toThrow(RangeError);
      expect(() => metric([true, false], [1, Number.POSITIVE_INFINITY])).toThrow(RangeError);
    }
  });

  it("depend only on the order of the scores", () => {
    fc.assert(
      fc.property(labelled, ({ labels, scores }) => {
        const stretched = scores.map((score) => Math.exp(score / 3) - 5);
        for (const metric of [rocAuc, averagePrecision]) {
          const value = metric(labels, scores);
          expect(metric(labels, stretched)).toBe(value);
          expect(metric(labels.toReversed(), scores.toReversed())).toBe(value);
        }
      }),
    );
  });
});

describe("rocAuc", () => {
  it("is the share of correctly ordered pairs, with ties counted half", () => {
    fc.assert(
      fc.property(labelled, ({ labels, scores }) => {
        let wins = 0;
        let pairs = 0;
        for (const [i, high] of scores.entries()) {
          for (const [j, low] of scores.entries()) {
            if (!labels[i] || labels[j]) continue;
            pairs++;
            wins += high > low ? 1 : high === low ? 0.5 : 0;
          }
        }
        expect(rocAuc(labels, scores)).toBe(wins / pairs);
      }),
    );
  });

  it("becomes its complement if scores or labels are inverted", () => {
    fc.assert(
      fc.property(labelled, ({ labels, scores }) => {
        const complement = 1 - rocAuc(labels, scores)!;
        const negated = scores.map((score) => -score);
        const swapped = labels.map((label) => !label);
        expect(rocAuc(labels, negated)).toBeCloseTo(complement, 14);
        expect(rocAuc(swapped, scores)).toBeCloseTo(complement, 14);
      }),
    );
  });
});

describe("averagePrecision", () => {
  // The least is reached with all positives last: Boyd et al., "Unachievable region in
  // precision-recall space" (ICML 2012).
  it("lies between the worst ranking's and 1, the value of a perfect ranking", () => {
    fc.assert(
      fc.property(labelled, ({ labels, scores }) => {
        const positives = labels.filter(Boolean).length;
        const negatives = labels.length - positives;
        let least = 0;
        for (let i = 1; i <= positives; i++) least += i / (i + negatives) / positives;
        const value = averagePrecision(labels, scores)!;
        expect(value).toBeGreaterThanOrEqual(least - 1e-12);
        expect(value).toBeLessThanOrEqual(1);
        const perfect = labels.map((label, item) => (label ? 100 : 0) + scores[item]!);
        expect(averagePrecision(labels, perfect)).toBe(1);
        const worst = labels.map((label, item) => (label ? -100 - item : 0));
        expect(averagePrecision(labels, worst)).toBeCloseTo(least, 12);
      }),
    );
  });

  it("is the share of positives if all scores are equal", () => {
    expect(averagePrecision([true, false, false, true, false], [3, 3, 3, 3, 3])).toBe(0.4);
  });
});
