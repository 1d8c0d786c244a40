import type { Architecture } from "@lemons/shared/contract/model";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { splitEncoder } from "../../engine/model/split-encoder.ts";
import { createGraphBuilder } from "../../engine/onnx/graph-builder.ts";
import { readOnnx } from "../../engine/onnx/read-onnx.ts";
import { sizeOf } from "../../engine/onnx/tensors.ts";
import { inferenceTrunk } from "./network.ts";
import { featuresOf, parameterShapes } from "./parameters.ts";
import { type TrainState, tensorOf } from "./train-state.ts";

/** The oldest opset allowed in model packages, for the widest compatibility. */
const OPSET = 17;

const SIGNATURE = { input: "logmel", output: "logit" };

/**
 * Exports the network with one head as a package's `model.onnx`: `logmel` [batch, 1, bands, time] to
 * `logit` [batch, 1], for any batch and time, with running statistics and without dropout.
 *
 * @param head 0 to heads - 1
 * @throws RangeError if the head doesn't exist
 * @throws InputError if the state belongs to another architecture
 */
export function exportModel(
  state: TrainState,
  architecture: Architecture,
  head: number,
): Uint8Array {
  const { bands, heads } = architecture;
  if (!Number.isInteger(head) || head < 0 || head >= heads) {
    throw new RangeError(`head ${head} is out of range; the network has ${heads}`);
  }
  const graph = createGraphBuilder(OPSET);
  const shapes = new Map(parameterShapes(architecture).map(({ name, dims }) => [name, dims]));
  const tensor = (name: string) => tensorOf(state, name, shapes.get(name)!);
  const weights = (name: string) => {
    const { dims, data } = tensor(name);
    return graph.floats(name, dims, () => data);
  };
  /** Slices one head out of the first axis of a tensor. */
  const headSlice = (name: string, dims: readonly number[]) => {
    const size = sizeOf(dims);
    const part = tensor(name).data.subarray(head * size, (head + 1) * size);
    return graph.floats(name, dims, () => part);
  };
  const logMel = graph.input(SIGNATURE.input, ["batch", 1, bands, "time"]);
  const features = inferenceTrunk(graph, architecture, logMel, weights);
  const inputs = [
    features,
    headSlice("fc.weight", [1, featuresOf(architecture)]),
    headSlice("fc.bias", [1]),
  ];
  graph.output(graph.node("Gemm", inputs, { transB: 1 }), SIGNATURE.output, ["batch", 1]);
  return graph.encode();
}

/**
 * Exports the trunk that all heads share, as {@link splitEncoder} writes it: `logmel` to `features`
 * [batch, features]. Its SHA-256 is the `encoderVersion` of every head's package.
 *
 * @throws InputError if the state belongs to another architecture
 */
export function exportEncoder(state: TrainState, architecture: Architecture): Uint8Array {
  const model = readOnnx(exportModel(state, architecture, 0), {
    ...SIGNATURE,
    bands: architecture.bands,
  });
  // The split always succeeds, since the last operator is the head's Gemm.
  return splitEncoder(model)!.encoder.onnx;
}

/** A network for inference: the encoder, and one head per listener. */
export interface InferenceModel {
  /** Input `logmel`, output `features`. */
  encoder: Uint8Array;
  heads: readonly LinearHead[];
}

/** Exports a training state for inference. */
export function exportInferenceModel(
  architecture: Architecture,
  state: TrainState,
): InferenceModel {
  return { encoder: exportEncoder(state, architecture), heads: headsOf(architecture, state) };
}

function headsOf(architecture: Architecture, state: TrainState): LinearHead[] {
  const { heads } = architecture;
  const features = featuresOf(architecture);
  const weights = tensorOf(state, "fc.weight", [heads, features]).data;
  const biases = tensorOf(state, "fc.bias", [heads]).data;
  return Array.from(biases, (bias, head) => ({
    weights: weights.slice(head * features, (head + 1) * features),
    bias,
  }));
}
