import type { TrackId } from "@lemons/shared/contract/identifier";
import type { TrainedPart } from "@lemons/shared/contract/training";
import { splitTracks } from "../evaluate/split-tracks.ts";

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
