import type { FeatureSelection } from "../contract/explanation-request.ts";
import { lassoPath } from "./lasso-path.ts";
import { ridge } from "./ridge.ts";
import type { WeightedMoments } from "./weighted-moments.ts";

/** The most features for which `auto` means forward selection. */
const AUTO_FORWARD_FEATURES = 6;
/** LIME selects features by an unpenalised fit. */
const SELECTION_ALPHA = 0;
/** Smaller shares of a regressor's square outside the chosen ones count as collinear. */
const COLLINEAR_SHARE = 1e-12;

function highestWeights(moments: WeightedMoments, count: number): number[] {
  const all = Array.from({ length: moments.components }, (_, i) => i);
  const { coefficients } = ridge(moments, all, SELECTION_ALPHA);
  return all
    .sort((a, b) => Math.abs(coefficients[b]!) - Math.abs(coefficients[a]!) || a - b)
    .slice(0, count);
}

/**
 * Adds the component that raises R squared most, one at a time; ties go to the lower index. The
 * original refits the data for each candidate. This removes each chosen component from the moments
 * (Gram-Schmidt): a step costs components^2, independent of the number of masks.
 */
function forwardSelection(moments: WeightedMoments, count: number): number[] {
  const { components } = moments;
  const gram = moments.gram.slice();
  const cross = moments.cross.slice();
  const chosen: number[] = [];
  while (chosen.length < count) {
    let best = -1;
    let bestGain = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < components; j++) {
      if (chosen.includes(j)) continue;
      const pivot = gram[j * components + j]!;
      const full = moments.gram[j * components + j]!;
      const gain = pivot > full * COLLINEAR_SHARE ? (cross[j]! * cross[j]!) / pivot : 0;
      if (gain > bestGain) {
        best = j;
        bestGain = gain;
      }
    }
    chosen.push(best);
    if (bestGain > 0) sweep(gram, cross, best);
  }
  return chosen;
}

/** Removes the part along component `pivot` from all other components. */
function sweep(gram: Float64Array, cross: Float64Array, pivot: number): void {
  const components = cross.length;
  const row = gram.slice(pivot * components, (pivot + 1) * components);
  const square = row[pivot]!;
  const product = cross[pivot]!;
  for (let i = 0; i < components; i++) {
    const share = row[i]! / square;
    cross[i]! -= share * product;
    for (let j = 0; j < components; j++) gram[i * components + j]! -= share * row[j]!;
  }
}

/** Returns the components at the last breakpoint of the path with at most `count` coefficients. */
function lassoSelection(moments: WeightedMoments, count: number): number[] {
  const all = Array.from({ length: moments.components }, (_, i) => i);
  const path = lassoPath(moments);
  for (let step = path.length - 1; step > 0; step--) {
    const present = all.filter((i) => path[step]![i] !== 0);
    if (present.length <= count) return present;
  }
  return all;
}

/**
 * Selects the components of the local fit as LIME does (`feature_selection` of `lime_base.py`):
 *
 * - `none`: all of them.
 * - `highest_weights`: the largest absolute coefficients of an unpenalised fit.
 * - `forward_selection`: greedily by R squared.
 * - `lasso_path`: those on the lasso's path.
 * - `auto`: forward selection for up to 6 features, else highest weights.
 *
 * @param features the most components to keep, >= 1; `none` ignores it
 * @returns component indices in LIME's order: by falling importance, or by index for `lasso_path`
 *   and `none`
 */
export function selectFeatures(
  moments: WeightedMoments,
  method: FeatureSelection,
  features: number,
): number[] {
  const count = Math.min(features, moments.components);
  switch (method) {
    case "none":
      return Array.from({ length: moments.components }, (_, i) => i);
    case "auto":
      return features <= AUTO_FORWARD_FEATURES
        ? forwardSelection(moments, count)
        : highestWeights(moments, count);
    case "highest_weights":
      return highestWeights(moments, count);
    case "forward_selection":
      return forwardSelection(moments, count);
    case "lasso_path":
      return lassoSelection(moments, count);
  }
}
