import type { BatchPlan } from "./plan-epoch.ts";

/** Targets of a batch. */
export interface BatchLabels {
  /** [examples, heads], 0 to 1. */
  labels: Float32Array;
  /** [examples, heads], weight of each label in the loss. */
  labelWeights: Float32Array;
}

export interface LabelSettings {
  /** Returns the label of a track for a head, 0 or 1. */
  labelOf: (track: number, head: number) => number;
  /** [heads], weight of positive labels in the loss; negative labels weigh 1. */
  positiveWeights: readonly number[];
  /** Label smoothing: labels range from half of it to 1 minus half of it. Silence stays at 0. */
  smoothing: number;
}

/** Computes the labels of a step's examples. Labels of a mixed crop are mixed like its sound. */
export function batchLabels(
  plan: BatchPlan,
  { labelOf, positiveWeights, smoothing }: LabelSettings,
): BatchLabels {
  const heads = positiveWeights.length;
  const labels = new Float32Array(plan.length * heads);
  const labelWeights = new Float32Array(plan.length * heads).fill(1);
  for (const [index, example] of plan.entries()) {
    if (example.kind === "silence") continue;
    const { place, mixed } = example;
    for (let head = 0; head < heads; head++) {
      const own = labelOf(place.track, head);
      const share = mixed?.share ?? 0;
      const label = mixed ? (1 - share) * own + share * labelOf(mixed.place.track, head) : own;
      labels[index * heads + head] = (1 - smoothing) * label + smoothing / 2;
      labelWeights[index * heads + head] = 1 + (positiveWeights[head]! - 1) * label;
    }
  }
  return { labels, labelWeights };
}

/**
 * Computes weights that make positives count as much as negatives.
 *
 * @param labelsOf [heads][tracks], labels of the training tracks
 * @returns [heads], negatives divided by positives; 1 if a head has only one class
 */
export function balancedWeights(labelsOf: readonly (readonly number[])[]): number[] {
  return labelsOf.map((labels) => {
    const positives = labels.reduce((sum, label) => sum + label, 0);
    const negatives = labels.length - positives;
    return positives === 0 || negatives === 0 ? 1 : negatives / positives;
  });
}
