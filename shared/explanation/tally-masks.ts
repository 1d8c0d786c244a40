import { kept, MAX_ENUMERATED_COMPONENTS, type Mask } from "./mask.ts";
import { maskOfNumber, numberOfMask } from "./mask-number.ts";
import type { Extreme, MaskStatistics } from "./mask-statistics.ts";
import { sigmoid } from "./sigmoid.ts";

/**
 * The statistics of all masks from the logit of each: where the model itself has answered them all,
 * or they are few. For more, shared/enumeration gathers them from a response table.
 *
 * @param masks every mask of 1 to 12 components once, in any order (`allMasks`)
 * @param logits finite, one a mask
 * @throws RangeError where a mask or logit is missing, or a logit is not finite
 */
export function tallyMasks(masks: readonly Mask[], logits: ArrayLike<number>): MaskStatistics {
  const components = masks[0]?.length ?? 0;
  const byNumber = new Float64Array(2 ** Math.min(components, MAX_ENUMERATED_COMPONENTS)).fill(NaN);
  masks.forEach((mask, row) => {
    if (mask.length === components) byNumber[numberOfMask(mask)] = logits[row] ?? NaN;
  });
  if (masks.length !== byNumber.length || !byNumber.every(Number.isFinite)) {
    throw new RangeError(
      `${masks.length} masks of ${components} components with ${logits.length} logits are not every mask once, with a finite logit`,
    );
  }
  const origin = sigmoid(byNumber.at(-1)!);
  const riseSum = new Float64Array(components + 1);
  const riseSquareSum = new Float64Array(components + 1);
  const riseSumOn = new Float64Array((components + 1) * components);
  const lowest: Extreme[] = [];
  const highest: Extreme[] = [];
  byNumber.forEach((logit, number) => {
    const mask = maskOfNumber(number, components);
    const size = kept(mask);
    const rise = sigmoid(logit) - origin;
    riseSum[size]! += rise;
    riseSquareSum[size]! += rise * rise;
    for (let i = 0; i < components; i++) riseSumOn[size * components + i]! += mask[i]! * rise;
    if (logit < (lowest[size]?.logit ?? Number.POSITIVE_INFINITY)) lowest[size] = { logit, mask };
    if (logit > (highest[size]?.logit ?? Number.NEGATIVE_INFINITY)) highest[size] = { logit, mask };
  });
  return { components, origin, riseSum, riseSquareSum, riseSumOn, lowest, highest };
}
