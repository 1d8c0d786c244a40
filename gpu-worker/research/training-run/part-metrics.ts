import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { BestBy, PartMetrics } from "@lemons/shared/contract/training";
import { averagePrecision, rocAuc } from "@lemons/shared/metrics/ranking-metrics";
import { mean } from "@lemons/shared/metrics/statistics";

/**
 * Computes how well heads rank tracks, and their loss.
 *
 * @param logits [tracks][listeners]
 * @param labelOf returns the label of a row and a head, 0 or 1
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

/** Computes -log sigmoid(logit) of a positive or -log(1 - sigmoid(logit)) of a negative, without overflow. */
function crossEntropy(logit: number, label: boolean): number {
  return Math.max(logit, 0) - (label ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
}

/**
 * Returns the number that the best epoch is chosen by; greater is better.
 *
 * @returns null if the last epoch is kept regardless
 */
export function epochScore(bestBy: BestBy, validation: PartMetrics | null): number | null {
  if (bestBy === "last" || validation === null) return null;
  if (bestBy === "loss") return -validation.loss;
  return validation[bestBy];
}

/** Returns true if an epoch replaces the best one so far. Of two equal epochs the earlier is kept. */
export function isBetter(score: number | null, best: number | null | undefined): boolean {
  return score === null || best === null || best === undefined || score > best;
}
