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
  /** Samples that every track has at least. */
  leastSamples: number;
  /** Data threads. */
  workers: number;
  /** Folder of decoded audio. */
  cache: string;
  provider: ExecutionProvider;
  intraOpThreads: number;
  signal: AbortSignal;
  onDecoded: (done: number, total: number) => void;
}

/** Decoded tracks, the threads that work on them, and what asks models about them. */
export interface CatalogueTracks {
  decoded: readonly DecodedTrack[];
  threads: DataThreads;
  validator: Validator;
  close(): Promise<void>;
}

/** @throws InputError where a track cannot be used */
export async function openCatalogueTracks(
  options: CatalogueTracksOptions,
): Promise<CatalogueTracks> {
  const { set, frontEnd, leastSamples, workers, cache, signal, onDecoded } = options;
  const threads = startDataThreads(workers, { frontEnd, cache });
  try {
    const decoded = await decodeTracks(set, leastSamples, threads, (done, total) => {
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
