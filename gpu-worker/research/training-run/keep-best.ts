import type { BestBy, PartMetrics } from "@lemons/shared/contract/training";

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
