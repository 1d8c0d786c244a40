import type { TrainingConfig } from "@lemons/shared/contract/training";
import type { ExecutionProvider } from "../model/session.ts";
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

export interface SessionOptions {
  config: TrainingConfig;
  set: TrainingSet;
  /** Data threads. */
  workers: number;
  /** Folder of decoded audio. */
  cache: string;
  provider: ExecutionProvider;
  intraOpThreads: number;
  signal: AbortSignal;
  onDecoded: (done: number, total: number) => void;
}

/** Decoded tracks, the threads that crop them, and what asks models about them. */
export interface TrainingSession {
  validator: Validator;
  /**
   * Trains on some of the tracks, from the last checkpoint of `folder` where there is one.
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
  const { config, set, workers, cache, provider, intraOpThreads, signal } = options;
  const threads = startDataThreads(workers, { frontEnd: config.frontEnd, cache });
  let decoded: DecodedTrack[];
  try {
    decoded = await decodeAll(options, threads);
  } catch (error) {
    await threads.close();
    throw error;
  }
  const validator = createValidator({
    set,
    decoded,
    threads,
    provider,
    intraOpThreads,
    pause: () => pause(signal),
  });
  return {
    validator,
    async train(parts, folder, { resume, ...rest }) {
      const trained = await trainModel({
        ...rest,
        config,
        set,
        parts,
        decoded,
        threads,
        validator,
        provider,
        intraOpThreads,
        resume,
        signal,
        keep: (which, checkpoint) =>
          writeCheckpoint(
            which === "last" ? lastCheckpoint(folder) : bestCheckpoint(folder),
            checkpoint,
          ),
      });
      if (trained.best || !trained.progress.best) return trained;
      return { ...trained, best: (await readCheckpoint(bestCheckpoint(folder))).state };
    },
    close: () => threads.close(),
  };
}

function decodeAll(
  { set, config, signal, onDecoded }: SessionOptions,
  threads: DataThreads,
): Promise<DecodedTrack[]> {
  return decodeTracks(set, config.inputLength, threads, (done, total) => {
    signal.throwIfAborted();
    onDecoded(done, total);
  });
}
