import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitHead, type HeadExample } from "./fit-head.ts";

const example = (features: number[], isPositive: boolean, weight = 1): HeadExample => ({
  features: Float32Array.from(features),
  isPositive,
  weight,
});
const logit = ({ weights, bias }: ReturnType<typeof fitHead>, features: Float32Array) =>
  weights.reduce((sum, weight, i) => sum + weight * features[i]!, bias);

describe("fitHead", () => {
  it("equals scikit-learn's balanced logistic regression on scaled features", () => {
    const { weights, bias } = fitHead(EXAMPLES, 0.1);
    for (const [i, weight] of WEIGHTS.entries()) expect(weights[i]).toBeCloseTo(weight, 6);
    expect(bias).toBeCloseTo(BIAS, 5);
  });

  it("separates separable classes at 0.5, and gives constant features no weight", () => {
    const tracks = [-2, -1, 3, 4, 5].map((x) => example([x, 7], x > 0));
    const head = fitHead(tracks, 0.01);
    for (const { features, isPositive } of tracks) {
      expect(logit(head, features) > 0).toBe(isPositive);
    }
    expect(head.weights[1]).toBe(0);
  });

  it("treats a weight as copies of an example, in any order", () => {
    const numbers = fc.array(fc.float({ min: -5, max: 5, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const tracks = a.map((x, i) => example([x, b[i]!], i % 2 === 0, i === 0 ? 2 : 1));
        const copies = [...tracks.slice(1), ...[0, 1].map(() => ({ ...tracks[0]!, weight: 1 }))];
        const [one, other] = [fitHead(tracks, 0.1), fitHead(copies, 0.1)];
        for (const { features } of tracks) {
          expect(Math.abs(logit(one, features) - logit(other, features))).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("rejects input without an optimum", () => {
    expect(() => fitHead([example([1], true)], 0.1)).toThrow(
      /both tracks that the listener has listened to/,
    );
    expect(() => fitHead([], 0.1)).toThrow(/both tracks that the listener has listened to/);
    expect(() => fitHead([example([1], true), example([1], false)], 0)).toThrow(/l2/);
    expect(() => fitHead([example([1], true), example([1, 2], false)], 1)).toThrow(/same number/);
  });
});

// scikit-learn: StandardScaler fitted with the balanced sample weights, then
// LogisticRegression(C=1 / 0.1, tol=1e-12) with sample weights that add up to 1.
const EXAMPLES = [
  example([1.789, 6.31, -0.981, -1.863], true, 1),
  example([-0.277, 3.936, -1.017, -0.627], false, 1),
  example([-0.044, 3.568, -1.263, 0.885], false, 2.5),
  example([0.881, 10.129, -0.99, -0.405], true, 1),
  example([-0.545, 0.361, -0.804, -1.101], false, 1),
  example([-1.185, 4.383, -0.703, 0.237], false, 1),
  example([-1.024, 2.861, -0.875, -0.161], false, 1),
  example([-0.769, 4.31, -0.851, 1.976], true, 0.5),
  example([-1.244, 3.121, -1.161, -2.419], false, 1),
  example([-0.924, 1.928, -0.775, -0.132], false, 1),
  example([-1.623, 6.94, -1.071, -1.743], true, 1),
  example([-0.597, 3.234, -1.175, 0.03], false, 1),
];
const WEIGHTS = [0.2507526968883908, 0.4926678020059995, 1.5419698304127294, -0.15459600587124506];
const BIAS = -0.9094419748821145;
