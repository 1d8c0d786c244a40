import type { TrackId } from "@lemons/shared/contract/identifier";
import type { BestBy, TrainedPart } from "@lemons/shared/contract/training";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { splitTracks } from "../evaluate/split-tracks.ts";
import { permutation } from "../training-data/random.ts";

/** Indices of tracks, by what they are used for. */
export interface TrainingParts {
  train: readonly number[];
  /** Chooses the epoch that is kept. */
  validation: readonly number[];
  /** Only told at the end. */
  test: readonly number[];
}

/** The 80/10/10 split of `lemons evaluate`, or everything to train on. */
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
 * K-fold cross-validation by track. The slugs are sorted by code unit and permuted, and dealt out one
 * after the other, so folds differ by one track at most. Each fold is tested by a model trained on the
 * others; where the epoch is chosen by validation, the fold after it is kept back for that.
 *
 * @param folds 2 up to the number of tracks
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
