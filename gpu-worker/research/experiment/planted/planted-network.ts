import { setImmediate } from "node:timers/promises";
import type { FaithfulnessSettings } from "@lemons/shared/contract/faithfulness";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ModelId } from "@lemons/shared/contract/identifier";
import type { Architecture } from "@lemons/shared/contract/model";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { type ModelPackage, modelPackageFromBytes } from "../../../engine/model/model-package.ts";
import { createNodeRuntime } from "../../../engine/runtime/node/node-runtime.ts";
import type { ExecutionProvider } from "../../../engine/runtime/node/onnx-session.ts";
import { createFrontEnd } from "../../../engine/spectrogram/registry.ts";
import { exportModel } from "../../train/export-model.ts";
import { initialState, type TrainState } from "../../train/train-state.ts";
import { createTrainStep, type TrainBatch } from "../../train/train-step.ts";
import { randomFor } from "../../training-data/random.ts";
import { drawMixture, type StemTrack } from "./mixtures.ts";

/** Length of the crops that LEMONS trains on. */
export const CROP_SECONDS = 1;
/** Steps that learn nothing and only gather batch statistics (momentum 0.1). */
const CALIBRATION_STEPS = 40;
/** LEMONS's `wd`. */
const WEIGHT_DECAY = 1e-4;
/** Lower than LEMONS's 0.5, since a narrow network has few pooled features. */
const DROPOUT = 0.1;

export interface PlantNetworkInput {
  /** Tracks to train on. */
  tracks: readonly StemTrack[];
  settings: FaithfulnessSettings;
  /** Seed of weights and mixtures. */
  seed: number;
  provider: ExecutionProvider;
  threads: number;
  onStep?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A network with one head per source. */
export interface PlantedNetwork {
  architecture: Architecture;
  state: TrainState;
}

/**
 * Plants listeners of known taste: trains one network of the FCN family whose head r responds to
 * source r. It uses the training step of `lemons train`, on mixtures with and without each source.
 *
 * @throws the signal's reason if aborted
 */
export function plantNetwork(input: PlantNetworkInput): Promise<PlantedNetwork> {
  const { settings } = input;
  return train(input, { steps: settings.steps, learningRate: settings.learningRate });
}

/**
 * Creates the same network with random weights. It gathers batch statistics on the same mixtures,
 * because its logits would be out of range without them.
 *
 * @throws the signal's reason if aborted
 */
export function randomNetwork(input: PlantNetworkInput): Promise<PlantedNetwork> {
  return train(input, { steps: CALIBRATION_STEPS, learningRate: 0 });
}

async function train(
  input: PlantNetworkInput,
  { steps, learningRate }: { steps: number; learningRate: number },
): Promise<PlantedNetwork> {
  const { tracks, settings, seed, provider, threads, onStep, signal } = input;
  const { batchSize, channels } = settings;
  const { sampleRate, hop, nMels: bands } = DEFAULT_FRONT_END;
  const samples = CROP_SECONDS * sampleRate;
  const frames = 1 + Math.floor(samples / hop);
  const heads = tracks[0]!.sources.length;
  const architecture: Architecture = { bands, channels, dropout: DROPOUT, heads };
  const logMel = createFrontEnd(
    DEFAULT_FRONT_END,
    createNodeRuntime({ provider: "cpu", threads: 1 }),
  ).transform;
  const step = await createTrainStep({
    architecture,
    batchSize,
    frames,
    learningRate,
    weightDecay: WEIGHT_DECAY,
    provider,
    threads,
    state: initialState(architecture, seed),
    seed,
  });
  const drawBatch = (index: number): TrainBatch => {
    const batch = {
      logMel: new Float32Array(batchSize * bands * frames),
      labels: new Float32Array(batchSize * heads),
      labelWeights: new Float32Array(batchSize * heads),
    };
    for (let item = 0; item < batchSize; item++) {
      const mixture = drawMixture(tracks, samples, randomFor(seed, "mixture", index, item));
      batch.logMel.set(logMel(mixture.waveform).data, item * bands * frames);
      batch.labels.set(mixture.labels, item * heads);
      batch.labelWeights.set(mixture.labelWeights, item * heads);
    }
    return batch;
  };
  try {
    for (let index = 0; index < steps; index++) {
      signal?.throwIfAborted();
      onStep?.(index, steps);
      await step.run(drawBatch(index));
      // A step blocks the event loop; this lets signal handlers run in between.
      await setImmediate();
    }
    return { architecture, state: step.state() };
  } finally {
    await step.dispose();
  }
}

/** Builds a model package per head of a planted network, in the order of the sources. */
export function plantedModels({ architecture, state }: PlantedNetwork): Promise<ModelPackage[]> {
  const heads = Array.from({ length: architecture.heads }, async (_, head) => {
    const onnx = exportModel(state, architecture, head);
    return modelPackageFromBytes(onnx, {
      id: ModelId.parse(`planted-${head}`),
      version: await sha256Hex(onnx),
      frontEnd: DEFAULT_FRONT_END,
      input: "logmel",
      output: "logit",
    });
  });
  return Promise.all(heads);
}

/** Replaces the heads (the last layer) of a planted network by those of another network. */
export function withHeadsOf(planted: PlantedNetwork, other: PlantedNetwork): PlantedNetwork {
  const state: TrainState = new Map(
    [...planted.state].map(([name, tensor]) => [
      name,
      name.startsWith("fc.") ? other.state.get(name)! : tensor,
    ]),
  );
  return { ...planted, state };
}
