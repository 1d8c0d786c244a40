import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { ExecutionProvider } from "../../engine/runtime/node/onnx-session.ts";
import { type DataThreads, startDataThreads } from "../training-data/data-threads.ts";
import type { DecodedTrack } from "../training-data/decoded-track.ts";
import { decodeTracks, type TrainingSet } from "../training-data/training-set.ts";
import { pause } from "./train-model.ts";
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
