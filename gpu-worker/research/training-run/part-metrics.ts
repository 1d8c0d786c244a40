import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { BestBy, PartMetrics } from "@lemons/shared/contract/training";
import { averagePrecision, rocAuc } from "@lemons/shared/metrics/ranking-metrics";
import { mean } from "@lemons/shared/metrics/statistics";

/**
 * How well heads rank tracks, and their loss.
 *
 * @param logits [tracks][listeners]
 * @param labelOf of a row and a listener, 0 or 1
 */
export function partMetrics(
  listeners: readonly ListenerId[],
  logits: readonly (readonly number[])[],
  labelOf: (row: number, head: number) => number,
): PartMetrics {
  let loss = 0;
  const each = listeners.map((listener, head) => {
    const labels = logits.map((_, row) => labelOf(row, head) === 1);
    const scores = logits.map((row) => row[head]!);
    for (const [row, score] of scores.entries()) loss += crossEntropy(score, labels[row]!);
    return {
      listener,
      tracks: labels.length,
      positives: labels.filter(Boolean).length,
      auc: rocAuc(labels, scores),
      ap: averagePrecision(labels, scores),
    };
  });
  const meanOf = (metric: "auc" | "ap") =>
    mean(each.map((head) => head[metric]).filter((value) => value !== null));
  return {
    loss: loss / (logits.length * listeners.length),
    auc: meanOf("auc"),
    ap: meanOf("ap"),
    listeners: each,
  };
}

/** -log sigmoid(logit) of a positive, -log(1 - sigmoid(logit)) of a negative, without overflow. */
function crossEntropy(logit: number, label: boolean): number {
  return Math.max(logit, 0) - (label ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
}

/**
 * The number by which an epoch is chosen: the greater the better.
 *
 * @returns null where the last epoch is kept whatever it is worth
 */
export function worthOf(bestBy: BestBy, validation: PartMetrics | null): number | null {
  if (bestBy === "last" || validation === null) return null;
  if (bestBy === "loss") return -validation.loss;
  return validation[bestBy];
}

/** Whether an epoch of this worth is kept instead of the best so far: the earlier of two equals is. */
export function isBetter(worth: number | null, best: number | null | undefined): boolean {
  return worth === null || best === null || best === undefined || worth > best;
}
