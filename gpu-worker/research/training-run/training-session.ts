import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { TrainingConfig } from "@lemons/shared/contract/training";
import type { ExecutionProvider } from "../../engine/runtime/node/onnx-session.ts";
import type { RunObserver } from "../run-record/run-observer.ts";
import { type DataThreads, startDataThreads } from "../training-data/data-threads.ts";
import type { DecodedTrack } from "../training-data/decoded-track.ts";
import { decodeTracks, type TrainingSet } from "../training-data/training-set.ts";
import {
  bestCheckpoint,
  type Checkpoint,
  lastCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
import { pause, type TrainedModel, type TrainModelInput, trainModel } from "./train-model.ts";
import type { TrainingParts } from "./training-parts.ts";
import { createValidator, type Validator } from "./validator.ts";

export interface CatalogueTracksOptions {
  set: TrainingSet;
  frontEnd: FrontEnd;
  /** Required length of a track, in samples. */
  minSamples: number;
  /** Number of data threads. */
  workers: number;
  /** Folder of decoded audio. */
  cache: string;
  provider: ExecutionProvider;
  intraOpThreads: number;
  signal: AbortSignal;
  onDecoded: (done: number, total: number) => void;
}

/** Decoded tracks, their data threads, and a validator for them. */
export interface CatalogueTracks {
  decoded: readonly DecodedTrack[];
  threads: DataThreads;
  validator: Validator;
  close(): Promise<void>;
}

/**
 * Decodes the tracks of a training set and starts its data threads.
 *
 * @throws InputError if a track can't be used
 */
export async function openCatalogueTracks(
  options: CatalogueTracksOptions,
): Promise<CatalogueTracks> {
  const { set, frontEnd, minSamples, workers, cache, signal, onDecoded } = options;
  const threads = startDataThreads(workers, { frontEnd, cache });
  try {
    const decoded = await decodeTracks(set, minSamples, threads, (done, total) => {
      signal.throwIfAborted();
      onDecoded(done, total);
    });
    const validator = createValidator({
      ...options,
      decoded,
      threads,
      pause: () => pause(signal),
    });
    return { decoded, threads, validator, close: () => threads.close() };
  } catch (error) {
    await threads.close();
    throw error;
  }
}

export interface SessionOptions extends Omit<CatalogueTracksOptions, "frontEnd" | "minSamples"> {
  config: TrainingConfig;
}

/** A catalogue that is ready for training. */
export interface TrainingSession {
  validator: Validator;
  /**
   * Trains on some of the tracks and writes checkpoints to `folder`.
   *
   * @returns the training with the best epoch's state, even if an earlier process reached it
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

/**
 * Opens a session: decodes the tracks and starts the data threads.
 *
 * @throws InputError if a track can't be used
 */
export async function openTrainingSession(options: SessionOptions): Promise<TrainingSession> {
  const { config } = options;
  const tracks = await openCatalogueTracks({
    ...options,
    frontEnd: config.frontEnd,
    minSamples: config.inputLength,
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
