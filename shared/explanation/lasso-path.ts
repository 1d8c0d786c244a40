import { solveSymmetric } from "./symmetric-solve.ts";
import type { WeightedMoments } from "./weighted-moments.ts";

const MAX_STEPS = 500;
/** scikit-learn stops where the penalty, a sample, is below float32's epsilon. */
const SMALLEST_PENALTY = 2 ** -23;
/** Length of a regressor's part outside the active ones, below which it adds nothing. */
const DEGENERATE_LENGTH = 1e-7;

type Moments = Pick<WeightedMoments, "samples" | "components" | "gram" | "cross">;

function activeGram({ gram, components }: Moments, active: readonly number[]): Float64Array {
  return Float64Array.from({ length: active.length ** 2 }, (_, entry) => {
    const row = active[Math.floor(entry / active.length)]!;
    return gram[row * components + active[entry % active.length]!]!;
  });
}

/** Whether `candidate` lies in the span of the active regressors. */
function isDegenerate(moments: Moments, active: readonly number[], candidate: number): boolean {
  const { gram, components } = moments;
  const shared = Float64Array.from(active, (index) => gram[index * components + candidate]!);
  const projection = solveSymmetric(activeGram(moments, active), shared);
  let rest = gram[candidate * components + candidate]!;
  for (let i = 0; i < shared.length; i++) rest -= shared[i]! * projection[i]!;
  return Math.sqrt(Math.max(0, rest)) < DEGENERATE_LENGTH;
}

/** Smallest of two step lengths, where only positive ones count. */
function shorter(step: number, candidate: number): number {
  return candidate > 0 && candidate < step ? candidate : step;
}

/**
 * Path of the lasso's coefficients from the largest penalty down to none, by least-angle regression
 * with the lasso's drops (Efron et al., "Least angle regression", Annals of Statistics 2004,
 * section 3.1; scikit-learn's `lars_path(method="lasso")`), on centred, weighted data.
 *
 * @returns coefficients [components] at each breakpoint; the first is all zeros. It never has more
 *   than 501 breakpoints.
 */
export function lassoPath(moments: Moments): Float64Array[] {
  const { samples, components, gram, cross } = moments;
  const covariance = cross.slice();
  const active: number[] = [];
  const signs: number[] = [];
  const degenerate = new Set<number>();
  let coefficients = new Float64Array(components);
  const path = [coefficients];
  let justDropped = false;
  let previous = Number.POSITIVE_INFINITY;

  while (path.length <= MAX_STEPS) {
    const inactive = [...covariance.keys()].filter(
      (j) => !active.includes(j) && !degenerate.has(j),
    );
    let entering = -1;
    let largest = 0;
    for (const j of inactive) {
      if (Math.abs(covariance[j]!) > largest) {
        entering = j;
        largest = Math.abs(covariance[j]!);
      }
    }
    if (entering < 0 || largest / samples <= SMALLEST_PENALTY) break;
    if (!justDropped) {
      if (isDegenerate(moments, active, entering)) {
        degenerate.add(entering);
        continue;
      }
      active.push(entering);
      signs.push(Math.sign(covariance[entering]!));
    }
    if (largest > previous) break;
    previous = largest;

    // Direction in which the correlations of all active regressors fall at the same rate.
    const direction = solveSymmetric(activeGram(moments, active), Float64Array.from(signs));
    const fall = new Float64Array(components);
    for (let j = 0; j < components; j++) {
      for (let i = 0; i < active.length; i++) {
        fall[j]! += gram[j * components + active[i]!]! * direction[i]!;
      }
    }

    let step = largest;
    for (const j of inactive) {
      if (active.includes(j)) continue;
      step = shorter(step, (largest - covariance[j]!) / (1 - fall[j]!));
      step = shorter(step, (largest + covariance[j]!) / (1 + fall[j]!));
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
    justDropped = dropped >= 0;
    if (justDropped) {
      coefficients[active[dropped]!] = 0;
      active.splice(dropped, 1);
      signs.splice(dropped, 1);
    }
    path.push(coefficients);
  }
  return path;
}
