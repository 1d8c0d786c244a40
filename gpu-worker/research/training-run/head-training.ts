import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { ModelId } from "@lemons/shared/contract/identifier";
import type { PartMetrics } from "@lemons/shared/contract/training";
import { fitHead, type HeadExample } from "@lemons/shared/model/fit-head";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { InputError } from "../../engine/input-error.ts";
import { openModelSession } from "../../engine/model/model-session.ts";
import {
  isSharedFolder,
  readModelPackage,
  readSharedPackage,
} from "../../engine/model/node/read-model-package.ts";
import { composeOnnx } from "../../engine/model/split-encoder.ts";
import { createNodeRuntime } from "../../engine/runtime/node/node-runtime.ts";
import { createFrontEnd } from "../../engine/spectrogram/registry.ts";
import type { OutFile } from "../../process/out-folder.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import { partMetrics } from "./part-metrics.ts";
import { listenerFiles, metricsOf } from "./trained-package.ts";
import type { TrainingParts } from "./training-parts.ts";
import { logitOf, type Validator } from "./validator.ts";

/** An encoder that new heads can be fitted on. */
export interface TrainedEncoder {
  onnx: Uint8Array;
  frontEnd: FrontEnd;
}

/**
 * Reads the encoder of a model package, shared or of one listener.
 *
 * @throws InputError if the package can't be read or its model has no linear head
 */
export async function readTrainedEncoder(path: string): Promise<TrainedEncoder> {
  if (await isSharedFolder(path)) {
    const { encoder, manifest } = await readSharedPackage(path);
    return { onnx: encoder.onnx, frontEnd: manifest.frontEnd };
  }
  const { encoder, manifest } = await readModelPackage(path);
  if (encoder) return { onnx: encoder.onnx, frontEnd: manifest.frontEnd };
  throw new InputError(`${path}: the model doesn't end in a linear head, so it has no encoder`);
}

export interface HeadTrainingInput {
  encoder: TrainedEncoder;
  /** Training set of one listener. */
  set: TrainingSet;
  parts: TrainingParts;
  validator: Validator;
  id: ModelId;
  /** L2 penalty on the weights of scaled features. */
  l2: number;
  /** Share of silence in the total weight of the negatives, 0 to below 1. */
  silence: number;
}

export interface TrainedHead {
  head: LinearHead;
  files: OutFile[];
  validation: PartMetrics | null;
  test: PartMetrics | null;
}

/**
 * Fits the head of a new listener on an encoder's features of whole tracks, and composes the model.
 *
 * @throws InputError if the listener has heard all or none of the training tracks
 */
export async function trainHead(input: HeadTrainingInput): Promise<TrainedHead> {
  const { encoder, set, parts, validator, id, l2 } = input;
  const rows = await validator.features(encoder.onnx, [...set.slugs.keys()]);
  const isHeard = (track: number) => set.labels[track] === 1;
  const heard = parts.train.filter(isHeard).length;
  if (heard === 0 || heard === parts.train.length) {
    throw new InputError(
      `${set.listeners[0]} has heard ${heard === 0 ? "none" : "all"} of the ${parts.train.length} training tracks; a head needs both`,
    );
  }
  const examples: HeadExample[] = parts.train.map((track) => ({
    features: rows[track]!,
    isPositive: isHeard(track),
    weight: 1,
  }));
  const head = fitHead(
    [...examples, ...(await silentExample(input, parts.train.length - heard))],
    l2,
  );
  const measure = (tracks: readonly number[]) =>
    tracks.length === 0
      ? null
      : partMetrics(
          set.listeners,
          tracks.map((track) => [logitOf(head, rows[track]!)]),
          (row) => set.labels[tracks[row]!]!,
        );
  const metrics = { validation: measure(parts.validation), test: measure(parts.test) };
  const files = await listenerFiles(composeOnnx(encoder.onnx, head), {
    id,
    listener: set.listeners[0]!,
    frontEnd: encoder.frontEnd,
    trainedWith: "lemons train --head-only",
    metrics: metricsOf(metrics, 0),
  });
  return { head, files, ...metrics };
}

/** Makes a negative of 30 s of silence, weighted for its share among the given number of negatives. */
async function silentExample(
  { encoder, silence }: HeadTrainingInput,
  negatives: number,
): Promise<HeadExample[]> {
  if (silence === 0) return [];
  const { onnx, frontEnd } = encoder;
  const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });
  const logMel = createFrontEnd(frontEnd, runtime).transform(
    new Float32Array(SNIPPET_SECONDS * frontEnd.sampleRate),
  );
  const session = await openModelSession(onnx, runtime);
  try {
    const features = await session.run({ ...logMel, items: 1 });
    return [{ features, isPositive: false, weight: (negatives * silence) / (1 - silence) }];
  } finally {
    await session.release();
  }
}
