import type { BatchPlan } from "./plan-epoch.ts";

/** What a batch is to be answered with. */
export interface BatchLabels {
  /** [examples, heads], 0 to 1. */
  labels: Float32Array;
  /** [examples, heads], of each label in the loss. */
  labelWeights: Float32Array;
}

export interface LabelSettings {
  /** Label of a track for a head, 0 or 1. */
  labelOf: (track: number, head: number) => number;
  /** Of each head's positive labels in the loss; negatives weigh 1. */
  positiveWeights: readonly number[];
  /** Labels of sound keep this far from 0 and 1, half on either side; silence is surely 0. */
  smoothing: number;
}

/** Labels of a step's examples: those of a mixed crop are mixed as its sound is. */
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
 * Weights that make positives count as much as negatives.
 *
 * @param labelsOf each head's labels of the tracks trained on
 * @returns negatives over positives; 1 where a head has only one of them
 */
export function balancedWeights(labelsOf: readonly (readonly number[])[]): number[] {
  return labelsOf.map((labels) => {
    const positives = labels.reduce((sum, label) => sum + label, 0);
    const negatives = labels.length - positives;
    return positives === 0 || negatives === 0 ? 1 : negatives / positives;
  });
}
