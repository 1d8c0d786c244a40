import { solveSymmetric } from "../explanation/symmetric-solve.ts";
import type { LinearHead } from "./linear-head.ts";

/** The pooled features of a track, labelled by whether the listener has listened to it. */
export interface HeadExample {
  /** [features], the same number in all examples. */
  features: Float32Array;
  isPositive: boolean;
  /** Weight among the examples of its class, above 0. */
  weight: number;
}

/** The result of a fit. */
const MAX_STEPS = 100;
const SMALLEST_STEP = 1e-10;
/** The most halvings of a step that would go uphill. */
const MAX_HALVINGS = 40;

/** Features with a smaller spread count as constant and get no weight. */
const SMALLEST_SPREAD = 1e-8;

/**
 * Fits a listener's head on pooled features by logistic regression with balanced classes, on features
 * scaled to mean 0 and variance 1. It minimises
 *
 *   sum over classes of the weighted mean cross-entropy / 2 + l2 / 2 |w|^2
 *
 * with an unpenalised bias, by Newton's method with step halving (Boyd and Vandenberghe, "Convex
 * Optimization", 2004, algorithm 9.5). The optimum is unique: the order of the examples matters only
 * by rounding. A few hundred examples take milliseconds.
 *
 * @param l2 above 0
 * @throws RangeError if a class is empty, l2 is not above 0, or lengths differ
 */
export function fitHead(examples: readonly HeadExample[], l2: number): LinearHead {
  const size = examples[0]?.features.length ?? 0;
  if (!(l2 > 0)) throw new RangeError(`l2 must be above 0, not ${l2}`);
  if (examples.some(({ features }) => features.length !== size)) {
    throw new RangeError("all examples need the same number of features");
  }
  const weights = balancedWeights(examples);
  const { mean, scale } = scaleOf(examples, weights, size);
  const rows = examples.map(({ features }) =>
    Float64Array.from(features, (value, i) => (value - mean[i]!) * scale[i]!),
  );
  const problem: Problem = {
    rows,
    signs: examples.map(({ isPositive }) => (isPositive ? 1 : -1)),
    weights,
    l2,
  };
  const solution = minimise(problem, new Float64Array(size + 1));
  const fitted = Float32Array.from({ length: size }, (_, i) => solution[i]! * scale[i]!);
  const bias = fitted.reduce((sum, weight, i) => sum - weight * mean[i]!, solution[size]!);
  return { weights: fitted, bias: Math.fround(bias) };
}

interface Problem {
  /** Scaled features of each example. */
  rows: readonly Float64Array[];
  /** 1 or -1. */
  signs: readonly number[];
  /** The weights of the examples, which add up to 1. */
  weights: readonly number[];
  l2: number;
}

/** Gives each class half of the weight. */
function balancedWeights(examples: readonly HeadExample[]): number[] {
  const total = (isPositive: boolean) =>
    examples.reduce((sum, each) => sum + (each.isPositive === isPositive ? each.weight : 0), 0);
  const totals = { positive: total(true), negative: total(false) };
  if (totals.positive <= 0 || totals.negative <= 0) {
    throw new RangeError(
      "a head needs both tracks that the listener has listened to and tracks that they have not",
    );
  }
  return examples.map(
    ({ isPositive, weight }) => weight / (2 * (isPositive ? totals.positive : totals.negative)),
  );
}

function scaleOf(examples: readonly HeadExample[], weights: readonly number[], size: number) {
  const mean = new Float64Array(size);
  const variance = new Float64Array(size);
  for (const [i, { features }] of examples.entries()) {
    for (let j = 0; j < size; j++) mean[j]! += weights[i]! * features[j]!;
  }
  for (const [i, { features }] of examples.entries()) {
    for (let j = 0; j < size; j++) variance[j]! += weights[i]! * (features[j]! - mean[j]!) ** 2;
  }
  const scale = variance.map((square) =>
    square > SMALLEST_SPREAD ** 2 ? 1 / Math.sqrt(square) : 0,
  );
  return { mean, scale };
}

function minimise(problem: Problem, start: Float64Array): Float64Array {
  let point = start;
  let value = lossAt(problem, point);
  for (let i = 0; i < MAX_STEPS; i++) {
    const step = newtonStep(problem, point);
    if (Math.max(...step.map(Math.abs)) < SMALLEST_STEP) return point;
    let scale = 1;
    let next = point;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let halving = 0; halving < MAX_HALVINGS && !(nextValue <= value); halving++) {
      next = point.map((each, j) => each - scale * step[j]!);
      nextValue = lossAt(problem, next);
      scale /= 2;
    }
    if (!(nextValue < value)) return point;
    point = next;
    value = nextValue;
  }
  return point;
}

/** The last entry of a point is the bias. */
function logitOf(row: Float64Array, point: Float64Array): number {
  let sum = point[row.length]!;
  for (let j = 0; j < row.length; j++) sum += row[j]! * point[j]!;
  return sum;
}

function lossAt({ rows, signs, weights, l2 }: Problem, point: Float64Array): number {
  let loss = 0;
  for (let j = 0; j < point.length - 1; j++) loss += (l2 / 2) * point[j]! ** 2;
  for (const [i, row] of rows.entries()) {
    const margin = signs[i]! * logitOf(row, point);
    // log(1 + exp(-margin)) without overflow.
    loss += weights[i]! * (Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))));
  }
  return loss;
}

function newtonStep({ rows, signs, weights, l2 }: Problem, point: Float64Array): Float64Array {
  const size = point.length;
  const gradient = Float64Array.from(point, (each, j) => (j < size - 1 ? l2 * each : 0));
  const hessian = new Float64Array(size * size);
  for (let j = 0; j < size - 1; j++) hessian[j * size + j] = l2;
  for (const [i, row] of rows.entries()) {
    const extended = Float64Array.of(...row, 1);
    const miss = 1 / (1 + Math.exp(signs[i]! * logitOf(row, point)));
    const slope = -weights[i]! * signs[i]! * miss;
    const curvature = weights[i]! * miss * (1 - miss);
    for (let j = 0; j < size; j++) {
      gradient[j]! += slope * extended[j]!;
      const scaled = curvature * extended[j]!;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += scaled * extended[k]!;
    }
  }
  for (let j = 0; j < size; j++) {
    for (let k = j + 1; k < size; k++) hessian[j * size + k] = hessian[k * size + j]!;
  }
  return solveSymmetric(hessian, gradient);
}
