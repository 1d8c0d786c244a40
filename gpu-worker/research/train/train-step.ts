import type { Architecture } from "@lemons/shared/contract/model";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { Tensor } from "onnxruntime-node";
import { type FloatTensor, sizeOf } from "../../engine/onnx/tensors.ts";
import {
  createOrtSession,
  type ExecutionProvider,
} from "../../engine/runtime/node/onnx-session.ts";
import { adamRates } from "./adam.ts";
import { featuresOf, type ParameterShape, pack, unpack } from "./parameters.ts";
import { buildTrainGraph } from "./train-graph.ts";
import { FIRST_MOMENT, SECOND_MOMENT, type TrainState, tensorOf } from "./train-state.ts";

export interface TrainStepOptions {
  architecture: Architecture;
  /** Spectrograms per step; fixed, because the graph's shapes are. */
  batchSize: number;
  /** Frames per spectrogram; 16,000 samples give 63. */
  frames: number;
  /** Adam's learning rate, as in `torch.optim.Adam(lr=)`. */
  learningRate: number;
  /** L2, added to the gradient, as in `torch.optim.Adam(weight_decay=)`. */
  weightDecay: number;
  provider: ExecutionProvider;
  /** Threads inside one operator (CPU only). */
  threads: number;
  /** Initial state. */
  state: TrainState;
  /** Seed of the dropout masks, combined with the step number; 0 to 2^32 - 1. */
  seed: number;
  /** Trains the heads only and leaves the trunk and its statistics unchanged. */
  trunkFrozen?: boolean;
}

/** Examples of one step. */
export interface TrainBatch {
  /** [batch, 1, bands, frames], decibels. */
  logMel: Float32Array;
  /** [batch, heads], 0 or 1. */
  labels: Float32Array;
  /**
   * [batch, heads], the weight of each label in the mean; 0 leaves it out. Default: all 1. The loss
   * is the sum of weighted losses over the sum of the weights.
   */
  labelWeights?: Float32Array;
  /** [batch, features], 1 keeps a feature and 0 drops it. Default: drawn with the seed. */
  dropoutMask?: Float32Array;
}

/** A network in training, on one device. */
export interface TrainStep {
  /**
   * Runs one step: forward, loss, backward, Adam, running statistics. Blocks the event loop while it
   * computes.
   *
   * @returns mean sigmoid cross-entropy of the batch, before the step
   * @throws RangeError if a tensor of the batch has the wrong length
   */
  run(batch: TrainBatch): Promise<{ loss: number }>;
  /** Returns a copy of the state. Continuing from it gives the same numbers, bit for bit. */
  state(): TrainState;
  /**
   * Replaces the state by another one of the same architecture.
   *
   * @throws InputError if a tensor is missing or has another shape
   */
  load(state: TrainState): void;
  /** Frees the device's memory. The step can't run afterwards. */
  dispose(): Promise<void>;
}

/** Vectors of the graph that change from step to step. */
const VECTORS = ["weights", "first", "second", "held"] as const;
type Vectors = Record<(typeof VECTORS)[number], Tensor>;

/**
 * Prepares a training step on a device.
 *
 * @throws InputError if the sizes don't fit the network, or the state belongs to another architecture
 */
export async function createTrainStep(options: TrainStepOptions): Promise<TrainStep> {
  const { architecture, batchSize, frames, learningRate, seed, trunkFrozen = false } = options;
  const { bands, heads, dropout } = architecture;
  const graph = buildTrainGraph({ ...options, trunkFrozen });
  const batchTensor = batchTensorFactory(batchSize);
  const features = featuresOf(architecture);
  let current = read(options.state);
  const session = await createOrtSession(graph.onnx, {
    provider: options.provider,
    threads: options.threads,
    use: "model",
  });

  function read(state: TrainState) {
    const vector = (shapes: readonly ParameterShape[], prefix = "") => {
      const data = pack(shapes, ({ name, dims }) => tensorOf(state, `${prefix}${name}`, dims));
      return new Tensor("float32", data, [data.length]);
    };
    const vectors: Vectors = {
      weights: vector(graph.trained),
      first: vector(graph.trained, FIRST_MOMENT),
      second: vector(graph.trained, SECOND_MOMENT),
      held: vector(graph.held),
    };
    return { state, step: tensorOf(state, "step", []).data[0]!, vectors };
  }

  return {
    async run({ logMel, labels, labelWeights, dropoutMask }) {
      const { step, vectors } = current;
      const rates = adamRates(learningRate, step + 1);
      const ones = () => new Float32Array(batchSize * heads).fill(1);
      const mask = dropoutMask ?? drawDropoutMask(batchSize * features, dropout, seed, step);
      const results = await session.run({
        ...vectors,
        logmel: batchTensor("logMel", logMel, [1, bands, frames]),
        labels: batchTensor("labels", labels, [heads]),
        label_weights: batchTensor("labelWeights", labelWeights ?? ones(), [heads]),
        dropout_mask: batchTensor("dropoutMask", mask, [features]),
        step_size: new Tensor("float32", Float32Array.of(rates.stepSize), []),
        root_scale: new Tensor("float32", Float32Array.of(rates.rootScale), []),
      });
      const next = Object.fromEntries(
        VECTORS.map((name) => [name, results[`next_${name}`] ?? vectors[name]]),
      ) as Vectors;
      current = { ...current, step: step + 1, vectors: next };
      return { loss: floats(results.loss!)[0]! };
    },
    state() {
      const { state, step, vectors } = current;
      return new Map<string, FloatTensor>([
        ...state,
        ...unpack(graph.trained, floats(vectors.weights)),
        ...unpack(graph.trained, floats(vectors.first), FIRST_MOMENT),
        ...unpack(graph.trained, floats(vectors.second), SECOND_MOMENT),
        ...unpack(graph.held, floats(vectors.held)),
        ["step", { dims: [], data: Float32Array.of(step) }],
      ]);
    },
    load(state) {
      current = read(state);
    },
    dispose: () => session.release(),
  };
}

/** Returns a function that makes float32 tensors of a batch and checks their length. */
function batchTensorFactory(batchSize: number) {
  return (name: string, data: Float32Array, item: readonly number[]): Tensor => {
    const dims = [batchSize, ...item];
    if (data.length === sizeOf(dims)) return new Tensor("float32", data, dims);
    throw new RangeError(
      `${name} has ${data.length} numbers; the batch needs ${sizeOf(dims)}, as [${dims.join(", ")}]`,
    );
  };
}

function floats(tensor: Tensor): Float32Array {
  return tensor.data as Float32Array;
}

/** 2^32 over the golden ratio: spreads the seeds of successive steps. */
const SEED_STRIDE = 0x9e3779b9;

/**
 * Draws the dropout mask of a step. It depends only on the seed and the step number, so a resumed
 * training drops the same features as an uninterrupted one.
 *
 * @param rate share of dropped features, 0 to 1
 * @param step number of finished steps
 * @returns 1 keeps and 0 drops
 */
export function drawDropoutMask(
  length: number,
  rate: number,
  seed: number,
  step: number,
): Float32Array {
  const random = createMt19937((seed ^ Math.imul(step + 1, SEED_STRIDE)) >>> 0);
  return Float32Array.from({ length }, () => (random.nextUint32() / 2 ** 32 < rate ? 0 : 1));
}
