import type { TrackId } from "@lemons/shared/contract/identifier";
import type { BestBy, TrainedPart } from "@lemons/shared/contract/training";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { splitTracks } from "../evaluate/split-tracks.ts";
import { permutation } from "../training-data/random.ts";

/** Indices of tracks by their use. */
export interface TrainingParts {
  train: readonly number[];
  /** Tracks that the best epoch is chosen by. */
  validation: readonly number[];
  /** Tracks for the final measurement. */
  test: readonly number[];
}

/** Returns the 80/10/10 split of `lemons evaluate`, or all tracks for training. */
export function trainingParts(
  slugs: readonly TrackId[],
  trained: TrainedPart,
  splitSeed: number,
): TrainingParts {
  if (trained === "all") return { train: [...slugs.keys()], validation: [], test: [] };
  const indexOf = new Map(slugs.map((slug, index) => [slug, index]));
  const { train, validation, test } = splitTracks(slugs, splitSeed);
  const indices = (part: readonly TrackId[]) => part.map((slug) => indexOf.get(slug)!);
  return { train: indices(train), validation: indices(validation), test: indices(test) };
}

/**
 * Splits tracks into the folds of a cross-validation. The slugs are sorted by code unit, permuted and
 * dealt out in turn, so the sizes of folds differ by at most one. Each fold is the test part of a
 * model trained on the others. If the best epoch is chosen by validation, the next fold is held out
 * for it.
 *
 * @param folds number of folds, 2 to the number of tracks
 */
export function trainingFolds(
  slugs: readonly TrackId[],
  folds: number,
  seed: number,
  bestBy: BestBy,
): TrainingParts[] {
  const sorted = [...slugs.keys()].sort((a, b) => (slugs[a]! < slugs[b]! ? -1 : 1));
  const order = permutation(sorted.length, createMt19937(seed)).map((index) => sorted[index]!);
  const members = Array.from({ length: folds }, (_, fold) =>
    order.filter((_, position) => position % folds === fold).sort((a, b) => a - b),
  );
  return members.map((test, fold) => {
    const validation = bestBy === "last" ? [] : members[(fold + 1) % folds]!;
    const heldOut = new Set([...test, ...validation]);
    return { train: [...slugs.keys()].filter((index) => !heldOut.has(index)), validation, test };
  });
}
