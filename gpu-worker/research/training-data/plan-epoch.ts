import type { Augmentation } from "@lemons/shared/contract/training";
import { permutation, type Random, randomFor } from "./random.ts";

/** Place of a crop: `position` is 0 at the start of the track, and 1 where the crop ends with it. */
export interface CropPlace {
  /** Index of the track. */
  track: number;
  position: number;
}

/** One example, with everything that was drawn for it. */
export type ExamplePlan =
  | {
      kind: "crop";
      place: CropPlace;
      gainDb: number;
      /** Whole percent; 3 plays the crop 3 % faster. */
      speedPercent: number;
      /** Level of white noise in dB of full scale; null for none. */
      noiseDb: number | null;
      /** A second crop and its share of the mixture, below one half. */
      mixed: { place: CropPlace; share: number } | null;
      noiseSeed: number;
    }
  /** Inaudible white noise, or exact silence if `noiseDb` is null. */
  | { kind: "silence"; noiseDb: number | null; noiseSeed: number };

/** Examples of one step. */
export type BatchPlan = readonly ExamplePlan[];

export interface EpochSettings {
  seed: number;
  /** Number of tracks of the train part. */
  tracks: number;
  batchSize: number;
  /** Crops of each track per epoch. */
  cropsPerTrack: number;
  /** Share of silent examples in every batch, 0 to 0.5. */
  silence: number;
  augmentation: Augmentation;
}

/** Half of the silent examples are exactly zero; the others are noise between these levels. */
const MIN_SILENCE_DB = -110;
const MAX_SILENCE_DB = -70;
const MIN_NOISE_DB = -80;

/** Returns the number of silent examples in a batch. */
export function silentExamples({ batchSize, silence }: EpochSettings): number {
  return Math.round(silence * batchSize);
}

/** Returns the number of steps of an epoch. */
export function stepsOf(settings: EpochSettings): number {
  const crops = settings.batchSize - silentExamples(settings);
  return Math.ceil((settings.tracks * settings.cropsPerTrack) / crops);
}

/**
 * Draws an epoch: `cropsPerTrack` crops of every track, in random order, each at a random place. The
 * last batch is filled up from a further permutation, because a training step has one batch size. The
 * same seed and epoch give the same plan.
 *
 * @param epoch from 1
 * @returns one plan per step
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
    const examples = order
      .slice(step * crops, (step + 1) * crops)
      .map((track) => planCrop(track, tracks, augmentation, random));
    return [...examples, ...Array.from({ length: silent }, () => planSilence(random))];
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
    noiseDb: noiseDb === 0 ? null : random.between(MIN_NOISE_DB, -noiseDb),
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
    noiseDb: isExact ? null : random.between(MIN_SILENCE_DB, MAX_SILENCE_DB),
    noiseSeed: random.nextUint32(),
  };
}
