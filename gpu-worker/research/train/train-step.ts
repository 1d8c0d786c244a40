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
  /** Spectrograms a step: always as many, since the graph's shapes are fixed. */
  batchSize: number;
  /** Frames of a spectrogram; 16,000 samples give 63. */
  frames: number;
  /** Adam's, as in `torch.optim.Adam(lr=)`. */
  learningRate: number;
  /** L2, added to the gradient, as in `torch.optim.Adam(weight_decay=)`. */
  weightDecay: number;
  provider: ExecutionProvider;
  /** Threads inside of one operator (CPU only). */
  threads: number;
  /** Where to start. */
  state: TrainState;
  /** Of the dropout masks, with the number of the step: 0 to 2^32 - 1. */
  seed: number;
  /** Leave the trunk and its statistics as they are and train the heads alone. */
  trunkFrozen?: boolean;
}

/** What a step learns from. */
export interface TrainBatch {
  /** [batch, 1, bands, frames], decibels. */
  logMel: Float32Array;
  /** [batch, heads], 0 or 1. */
  labels: Float32Array;
  /**
   * [batch, heads]: the weight of each label in the mean, 0 leaves it out; all 1 when not given.
   * The loss is the sum of weighted losses over the sum of the weights.
   */
  labelWeights?: Float32Array;
  /** [batch, features], 1 keeps a feature and 0 drops it; drawn from the seed when not given. */
  dropoutMask?: Float32Array;
}

/** A network in training, on one device. */
export interface TrainStep {
  /**
   * Forward, loss, backward, Adam, running statistics. Blocks the event loop while it computes.
   *
   * @returns mean sigmoid cross-entropy of the batch, before the step
   * @throws RangeError where a tensor of the batch has another length
   */
  run(batch: TrainBatch): Promise<{ loss: number }>;
  /** A copy of the state: going on from it gives the same numbers, bit for bit. */
  state(): TrainState;
  /**
   * Goes on from another state of the same architecture.
   *
   * @throws InputError where a tensor is missing or has another shape
   */
  load(state: TrainState): void;
  /** Frees the device's memory; it cannot run any more. */
  dispose(): Promise<void>;
}

/** Vectors of the graph that change from step to step. */
const VECTORS = ["weights", "first", "second", "held"] as const;
type Vectors = Record<(typeof VECTORS)[number], Tensor>;

/**
 * Prepares a training step.
 *
 * @throws InputError where the sizes do not fit the network, or the state is another network's
 */
export async function createTrainStep(options: TrainStepOptions): Promise<TrainStep> {
  const { architecture, batchSize, frames, learningRate, seed, trunkFrozen = false } = options;
  const { bands, heads, dropout } = architecture;
  const graph = buildTrainGraph({ ...options, trunkFrozen });
  const batchTensor = batchTensors(batchSize);
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

/** Float32 tensors of a batch, whose length is checked. */
function batchTensors(batchSize: number) {
  return (name: string, data: Float32Array, item: readonly number[]): Tensor => {
    const dims = [batchSize, ...item];
    if (data.length === sizeOf(dims)) return new Tensor("float32", data, dims);
    throw new RangeError(
      `${name} has ${data.length} numbers; a batch has ${sizeOf(dims)}, as [${dims.join(", ")}]`,
    );
  };
}

function floats(tensor: Tensor): Float32Array {
  return tensor.data as Float32Array;
}

/** Golden ratio of 2^32: seeds of following steps lie far apart. */
const SEED_STRIDE = 0x9e3779b9;

/**
 * The dropout mask of a step: it depends on the seed and the number of the step alone, so that a
 * training that is taken up again drops what it would have dropped.
 *
 * @param rate share that is dropped, 0 to 1
 * @param step steps done before
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
