import type { TrainingConfig } from "@lemons/shared/contract/training";
import type { RunObserver } from "../run-record/run-observer.ts";
import { type CatalogueTracksOptions, openCatalogueTracks } from "./catalogue-tracks.ts";
import {
  bestCheckpoint,
  type Checkpoint,
  lastCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
import { type TrainedModel, type TrainModelInput, trainModel } from "./train-model.ts";
import type { TrainingParts } from "./training-parts.ts";
import type { Validator } from "./validator.ts";

export interface SessionOptions extends Omit<CatalogueTracksOptions, "frontEnd" | "leastSamples"> {
  config: TrainingConfig;
}

/** A catalogue ready to train on. */
export interface TrainingSession {
  validator: Validator;
  /**
   * Trains on some of the tracks and keeps checkpoints in `folder`.
   *
   * @returns with the kept epoch's state, also where an earlier process made it
   */
  train(
    parts: TrainingParts,
    folder: string,
    options: Pick<TrainModelInput, "epochs" | "patience" | "logStep" | "onStep" | "onEpoch"> & {
      observer: RunObserver;
      resume: Checkpoint | null;
    },
  ): Promise<TrainedModel>;
  close(): Promise<void>;
}

/** @throws InputError where a track cannot be used */
export async function openTrainingSession(options: SessionOptions): Promise<TrainingSession> {
  const { config } = options;
  const tracks = await openCatalogueTracks({
    ...options,
    frontEnd: config.frontEnd,
    leastSamples: config.inputLength,
  });
  return {
    validator: tracks.validator,
    async train(parts, folder, rest) {
      const trained = await trainModel({
        ...rest,
        ...options,
        ...tracks,
        parts,
        keep: (which, checkpoint) =>
          writeCheckpoint(
            which === "last" ? lastCheckpoint(folder) : bestCheckpoint(folder),
            checkpoint,
          ),
      });
      if (trained.best || !trained.progress.best) return trained;
      return { ...trained, best: (await readCheckpoint(bestCheckpoint(folder))).state };
    },
    close: tracks.close,
  };
}
