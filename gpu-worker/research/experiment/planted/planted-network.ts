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
/** Nothing is learnt in these steps: they only gather statistics of batches (momentum 0.1). */
const CALIBRATION_STEPS = 40;
/** As LEMONS's `wd`. */
const WEIGHT_DECAY = 1e-4;
/** The pooled features of a narrow network are few. */
const DROPOUT = 0.1;

export interface PlantNetworkInput {
  /** What it may hear. */
  tracks: readonly StemTrack[];
  settings: FaithfulnessSettings;
  /** Of weights and mixtures. */
  seed: number;
  provider: ExecutionProvider;
  threads: number;
  onStep?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A network with a head for each source. */
export interface PlantedNetwork {
  architecture: Architecture;
  state: TrainState;
}

/**
 * Plants listeners of known taste: one network of the FCN's family, whose head r answers to source
 * r. It is trained by the training step of `lemons train` on mixtures with and without each source.
 *
 * @throws the signal's reason
 */
export function plantNetwork(input: PlantNetworkInput): Promise<PlantedNetwork> {
  const { settings } = input;
  return train(input, { steps: settings.steps, learningRate: settings.learningRate });
}

/**
 * The same network before it has learnt anything: weights drawn anew, statistics of batches gathered
 * on the same mixtures, without which its answers would be out of range.
 *
 * @throws the signal's reason
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
      // A step blocks the event loop; signals are heard in between.
      await setImmediate();
    }
    return { architecture, state: step.state() };
  } finally {
    await step.dispose();
  }
}

/** The packages of a planted network's heads, all of one encoder, in the order of the sources. */
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

/** A planted network whose heads are another network's: the last layer is drawn anew. */
export function withHeadsOf(planted: PlantedNetwork, other: PlantedNetwork): PlantedNetwork {
  const state: TrainState = new Map(
    [...planted.state].map(([name, tensor]) => [
      name,
      name.startsWith("fc.") ? other.state.get(name)! : tensor,
    ]),
  );
  return { ...planted, state };
}
