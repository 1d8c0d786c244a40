import type { Architecture } from "@lemons/shared/contract/model";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { splitEncoder } from "../../engine/model/split-encoder.ts";
import { createGraphBuilder } from "../../engine/onnx/graph-builder.ts";
import { readOnnx } from "../../engine/onnx/read-onnx.ts";
import { sizeOf } from "../../engine/onnx/tensors.ts";
import { inferenceTrunk } from "./network.ts";
import { featuresOf, parameterShapes } from "./parameters.ts";
import { type TrainState, tensorOf } from "./train-state.ts";

/** The oldest that model packages may have, for whatever else reads them. */
const OPSET = 17;

const SIGNATURE = { input: "logmel", output: "logit" };

/**
 * The network of one head as a package's `model.onnx`: `logmel` [batch, 1, bands, time] to `logit`
 * [batch, 1], for any batch and time, with running statistics and without dropout.
 *
 * @param head 0 to heads - 1
 * @throws RangeError where there is no such head
 * @throws InputError where the state is another network's
 */
export function exportModel(
  state: TrainState,
  architecture: Architecture,
  head: number,
): Uint8Array {
  const { bands, heads } = architecture;
  if (!Number.isInteger(head) || head < 0 || head >= heads) {
    throw new RangeError(`there is no head ${head}; there are ${heads}`);
  }
  const graph = createGraphBuilder(OPSET);
  const shapes = new Map(parameterShapes(architecture).map(({ name, dims }) => [name, dims]));
  const tensor = (name: string) => tensorOf(state, name, shapes.get(name)!);
  const weights = (name: string) => {
    const { dims, data } = tensor(name);
    return graph.floats(name, dims, () => data);
  };
  /** The numbers of one head, of the first axis of a tensor. */
  const ofHead = (name: string, dims: readonly number[]) => {
    const size = sizeOf(dims);
    const part = tensor(name).data.subarray(head * size, (head + 1) * size);
    return graph.floats(name, dims, () => part);
  };
  const logMel = graph.input(SIGNATURE.input, ["batch", 1, bands, "time"]);
  const features = inferenceTrunk(graph, architecture, logMel, weights);
  const inputs = [
    features,
    ofHead("fc.weight", [1, featuresOf(architecture)]),
    ofHead("fc.bias", [1]),
  ];
  graph.output(graph.node("Gemm", inputs, { transB: 1 }), SIGNATURE.output, ["batch", 1]);
  return graph.encode();
}

/**
 * The trunk that all heads share, as {@link splitEncoder} writes it: `logmel` to `features`
 * [batch, features]. Its SHA-256 is the `encoderVersion` of every head's package.
 *
 * @throws InputError where the state is another network's
 */
export function exportEncoder(state: TrainState, architecture: Architecture): Uint8Array {
  const model = readOnnx(exportModel(state, architecture, 0), {
    ...SIGNATURE,
    bands: architecture.bands,
  });
  // Its last operator is the Gemm of the head.
  return splitEncoder(model)!.encoder.onnx;
}

/** A network as it is used: the encoder, and a head for each listener. */
export interface InferenceModel {
  /** Input `logmel`, output `features`. */
  encoder: Uint8Array;
  heads: readonly LinearHead[];
}

/** What training has made, as it is used. */
export function inferenceModel(architecture: Architecture, state: TrainState): InferenceModel {
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
