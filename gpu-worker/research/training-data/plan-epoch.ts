import type { Augmentation } from "@lemons/shared/contract/training";
import { permutation, type Random, randomFor } from "./random.ts";

/** Where a crop is taken: `position` of the room that it has in the track, 0 to 1. */
export interface CropPlace {
  /** Index of the track. */
  track: number;
  position: number;
}

/** One example: everything that was drawn for it. */
export type ExamplePlan =
  | {
      kind: "crop";
      place: CropPlace;
      gainDb: number;
      /** Whole percent; 3 plays it 3 % faster. */
      speedPercent: number;
      /** Level of white noise in dB of full scale; null for none. */
      noiseDb: number | null;
      /** A second crop and its share, below one half. */
      mixed: { place: CropPlace; share: number } | null;
      noiseSeed: number;
    }
  /** White noise so quiet that nobody hears it, or nothing at all. */
  | { kind: "silence"; noiseDb: number | null; noiseSeed: number };

/** Examples of one step. */
export type BatchPlan = readonly ExamplePlan[];

export interface EpochSettings {
  seed: number;
  /** Tracks of the train part. */
  tracks: number;
  batchSize: number;
  /** How often each track comes in an epoch. */
  cropsPerTrack: number;
  /** Share of every batch that is silence, 0 to 0.5. */
  silence: number;
  augmentation: Augmentation;
}

/** Half of the silent examples are exactly zero; the others lie between these levels. */
const QUIETEST_DB = -110;
const LOUDEST_SILENCE_DB = -70;
const QUIETEST_NOISE_DB = -80;

/** Silent examples in a batch. */
export function silentExamples({ batchSize, silence }: EpochSettings): number {
  return Math.round(silence * batchSize);
}

/** Steps of an epoch. */
export function stepsOf(settings: EpochSettings): number {
  const crops = settings.batchSize - silentExamples(settings);
  return Math.ceil((settings.tracks * settings.cropsPerTrack) / crops);
}

/**
 * Draws an epoch: every track comes `cropsPerTrack` times in random order, each at a random place.
 * What the last batch lacks is filled with a further permutation, since a training step has one batch
 * size. The same seed and epoch give the same plan.
 *
 * @param epoch from 1
 * @returns one plan a step
 */
export function planEpoch(settings: EpochSettings, epoch: number): BatchPlan[] {
  const { seed, tracks, batchSize, augmentation } = settings;
  const steps = stepsOf(settings);
  const silent = silentExamples(settings);
  const crops = batchSize - silent;
  const orders = randomFor(seed, "order", epoch);
  const order: number[] = [];
  while (order.length < steps * crops) order.push(...permutation(tracks, orders));
  return Array.from({ length: steps }, (_, step) => {
    const random = randomFor(seed, "examples", epoch, step);
    const heard = order
      .slice(step * crops, (step + 1) * crops)
      .map((track) => planCrop(track, tracks, augmentation, random));
    return [...heard, ...Array.from({ length: silent }, () => planSilence(random))];
  });
}

function planCrop(
  track: number,
  tracks: number,
  { gainDb, speedPercent, noiseDb, mixup }: Augmentation,
  random: Random,
): ExamplePlan {
  return {
    kind: "crop",
    place: { track, position: random.uniform() },
    gainDb: gainDb === 0 ? 0 : random.between(-gainDb, gainDb),
    speedPercent: speedPercent === 0 ? 0 : random.randint(-speedPercent, speedPercent + 1),
    noiseDb: noiseDb === 0 ? null : random.between(QUIETEST_NOISE_DB, -noiseDb),
    mixed:
      mixup === 0
        ? null
        : {
            place: { track: random.randint(0, tracks), position: random.uniform() },
            share: random.between(0, mixup),
          },
    noiseSeed: random.nextUint32(),
  };
}

function planSilence(random: Random): ExamplePlan {
  const isExact = random.randint(0, 2) === 0;
  return {
    kind: "silence",
    noiseDb: isExact ? null : random.between(QUIETEST_DB, LOUDEST_SILENCE_DB),
    noiseSeed: random.nextUint32(),
  };
}
