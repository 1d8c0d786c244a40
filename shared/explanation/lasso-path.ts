import { solveSymmetric } from "./symmetric-solve.ts";
import type { WeightedMoments } from "./weighted-moments.ts";

const MAX_STEPS = 500;
/** scikit-learn stops at a penalty per sample below float32's epsilon. */
const SMALLEST_PENALTY = 2 ** -23;
/** Shorter parts of a regressor outside the active ones count as collinear. */
const DEGENERATE_LENGTH = 1e-7;
/** Relative difference of correlations that count as equal. */
const TIE = 1e-9;

type Moments = Pick<WeightedMoments, "samples" | "components" | "gram" | "cross">;

function activeGram({ gram, components }: Moments, active: readonly number[]): Float64Array {
  return Float64Array.from({ length: active.length ** 2 }, (_, entry) => {
    const row = active[Math.floor(entry / active.length)]!;
    return gram[row * components + active[entry % active.length]!]!;
  });
}

/** Returns true if `candidate` lies in the span of the active regressors. */
function isDegenerate(moments: Moments, active: readonly number[], candidate: number): boolean {
  const { gram, components } = moments;
  const shared = Float64Array.from(active, (index) => gram[index * components + candidate]!);
  const projection = solveSymmetric(activeGram(moments, active), shared);
  let rest = gram[candidate * components + candidate]!;
  for (let i = 0; i < shared.length; i++) rest -= shared[i]! * projection[i]!;
  return Math.sqrt(Math.max(0, rest)) < DEGENERATE_LENGTH;
}

/**
 * Returns how far the active correlations can fall until another one is as large; 0 for a tie.
 *
 * @param gap the current difference to the other correlation
 * @param rate how fast the gap closes; if it isn't positive, the correlations never meet
 */
function meetingStep(gap: number, rate: number): number {
  return rate > 0 ? Math.max(0, gap) / rate : Number.POSITIVE_INFINITY;
}

/**
 * Computes the lasso's coefficients from the largest penalty down to none, by least-angle regression
 * with the lasso's drops (Efron et al., "Least angle regression", Annals of Statistics 2004, section
 * 3.1; scikit-learn's `lars_path(method="lasso")`), on centred, weighted data.
 *
 * Regressors in the span of the active ones are left out, as in scikit-learn. With fewer masks than
 * components there are several paths, and scikit-learn may take another one.
 *
 * @returns coefficients [components] at each of at most 501 breakpoints; the first is all zeros
 */
export function lassoPath(moments: Moments): Float64Array[] {
  const { samples, components, gram, cross } = moments;
  const covariance = cross.slice();
  const active: number[] = [];
  const signs: number[] = [];
  const degenerate = new Set<number>();
  let coefficients = new Float64Array(components);
  const path = [coefficients];
  let penalty = largestMagnitude(covariance, covariance.keys()).magnitude;
  let justDropped = false;

  while (path.length <= MAX_STEPS && penalty / samples > SMALLEST_PENALTY) {
    const others = [...covariance.keys()].filter((j) => !active.includes(j) && !degenerate.has(j));
    const { index: entering, magnitude } = largestMagnitude(covariance, others);
    if (!justDropped && magnitude >= penalty * (1 - TIE)) {
      if (isDegenerate(moments, active, entering)) {
        degenerate.add(entering);
        continue;
      }
      active.push(entering);
      signs.push(Math.sign(covariance[entering]!));
      others.splice(others.indexOf(entering), 1);
    }

    // In this direction the correlations of all active regressors fall at the same rate.
    const direction = solveSymmetric(activeGram(moments, active), Float64Array.from(signs));
    const fall = new Float64Array(components);
    for (let j = 0; j < components; j++) {
      for (let i = 0; i < active.length; i++) {
        fall[j]! += gram[j * components + active[i]!]! * direction[i]!;
      }
    }

    let step = penalty;
    for (const j of others) {
      const rising = meetingStep(penalty - covariance[j]!, 1 - fall[j]!);
      const falling = meetingStep(penalty + covariance[j]!, 1 + fall[j]!);
      step = Math.min(step, rising, falling);
    }
    let dropped = -1;
    active.forEach((index, i) => {
      const crossing = -coefficients[index]! / direction[i]!;
      if (crossing > 0 && crossing < step) {
        step = crossing;
        dropped = i;
      }
    });

    coefficients = coefficients.slice();
    active.forEach((index, i) => {
      coefficients[index]! += step * direction[i]!;
    });
    for (let j = 0; j < components; j++) covariance[j]! -= step * fall[j]!;
    penalty -= step;
    justDropped = dropped >= 0;
    if (justDropped) {
      coefficients[active[dropped]!] = 0;
      active.splice(dropped, 1);
      signs.splice(dropped, 1);
      degenerate.clear();
    }
    path.push(coefficients);
  }
  return path;
}

function largestMagnitude(
  values: Float64Array,
  candidates: Iterable<number>,
): { index: number; magnitude: number } {
  let largest = { index: -1, magnitude: 0 };
  for (const index of candidates) {
    const magnitude = Math.abs(values[index]!);
    if (magnitude > largest.magnitude) largest = { index, magnitude };
  }
  return largest;
}
