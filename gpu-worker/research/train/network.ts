import type { Architecture } from "@lemons/shared/contract/model";
import type { GraphBuilder } from "../../engine/onnx/graph-builder.ts";
import { sizeOf } from "../../engine/onnx/tensors.ts";
import {
  type BatchStatistics,
  batchNormalization,
  batchStatistics,
  EPSILON,
} from "./autodiff/batch-normalization.ts";
import { convolution, filterWindows, type Windows } from "./autodiff/convolution.ts";
import {
  dropout,
  maximum,
  multiplyByConstant,
  multiplyByNumber,
  relu,
} from "./autodiff/elementwise.ts";
import { concat, linear, reshape } from "./autodiff/linear.ts";
import { maxPool, reduceMax, reduceMean } from "./autodiff/pooling.ts";
import { reshaped, scalar, type Tape, type Variable } from "./autodiff/tape.ts";
import { pooledWindows } from "./input-windows.ts";

/** Returns the name in the graph of a tensor, given its name in the state. */
export type ParameterName = (name: string) => string;

/** Weight of a batch's statistics in the running ones; PyTorch's default. */
const MOMENTUM = 0.1;

/**
 * Builds the trunk for training, with batch statistics and the update of the running statistics.
 *
 * If a channel's scale isn't negative, normalisation and ReLU are monotonic. Pooling can then come
 * first, which leaves them a quarter of the values. A negative scale is made positive by flipping the
 * sign of its filter. The bias of a convolution is left out, since subtracting the batch mean cancels
 * it: its gradient is zero, and only the running mean includes it.
 *
 * @param logMel [batch, 1, bands, frames]
 * @param parameter returns a weight of the state
 * @param statistic returns the name of a running statistic
 * @returns features [batch, 2 x channels], and the name of every running statistic after the step
 */
export function trunkInTraining(
  tape: Tape,
  { channels }: Architecture,
  logMel: Variable,
  parameter: (name: string) => Variable,
  statistic: ParameterName,
): { features: Variable; statistics: Map<string, string> } {
  const { graph } = tape;
  const statistics = new Map<string, string>();

  function running(layer: string, { mean, variance, count }: BatchStatistics, bias?: string) {
    const decayed = (name: string, value: string) =>
      graph.node("Add", [
        graph.node("Mul", [statistic(name), scalar(graph, 1 - MOMENTUM)]),
        graph.node("Mul", [value, scalar(graph, MOMENTUM)]),
      ]);
    const mu = bias === undefined ? mean : graph.node("Add", [mean, bias]);
    const unbiased = graph.node("Mul", [variance, scalar(graph, count / (count - 1))]);
    statistics.set(`${layer}.running_mean`, decayed(`${layer}.running_mean`, mu));
    statistics.set(`${layer}.running_var`, decayed(`${layer}.running_var`, unbiased));
  }

  let maps = logMel;
  channels.forEach((outputs, i) => {
    const layer = `layer${i + 1}`;
    const gamma = parameter(`${layer}.bn.weight`);
    const negative = graph.node("Less", [gamma.name, scalar(graph, 0)]);
    const sign = graph.node("Where", [negative, scalar(graph, -1), scalar(graph, 1)]);
    const filters = multiplyByConstant(
      tape,
      parameter(`${layer}.conv.weight`),
      reshaped(graph, sign, [outputs, 1, 1, 1]),
    );
    const convolved = i === 0 ? first(filters) : convolvedAndPooled(tape, maps, filters);
    const { result, statistics: batch } = batchNormalization(tape, convolved.parts, {
      input: convolved.maxima,
      gamma: multiplyByConstant(tape, gamma, sign),
      beta: parameter(`${layer}.bn.bias`),
    });
    maps = relu(tape, result);
    const mean = graph.node("Mul", [batch.mean, sign]);
    running(`${layer}.bn`, { ...batch, mean }, parameter(`${layer}.conv.bias`).name);
  });

  function first(filters: Variable): Convolved {
    const input = batchStatistics(tape, [logMel.name], sizeOf(logMel.dims), 1);
    running("spec_bn", input);
    const [gamma, beta] = [parameter("spec_bn.weight"), parameter("spec_bn.bias")];
    return normalizedConvolvedAndPooled(tape, logMel, input, { filters, gamma, beta });
  }

  const features = concat(tape, [reduceMean(tape, maps), reduceMax(tape, maps)]);
  return { features, statistics };
}

/** Input of a block's normalisation. */
interface Convolved {
  /** Results of the convolution; each [batch, channels, height, width]. */
  parts: Variable[];
  /** Maxima of the parts over 2 x 2 windows. */
  maxima: Variable;
}

function convolvedAndPooled(tape: Tape, maps: Variable, filters: Variable): Convolved {
  const convolved = convolution(tape, maps, filters);
  return { parts: [convolved], maxima: maxPool(tape, convolved) };
}

/**
 * Builds the first convolution, of the normalised spectrogram. Its input needs no gradient, so windows
 * are cut out once, grouped by their corner of the pooling window. Pooling is then a maximum of four
 * tensors, instead of a search and a scatter in the largest map of the network. Scale and shift of the
 * normalisation move into the filters: they read a second map, which is 1 at every band and frame
 * and 0 in the padding.
 */
function normalizedConvolvedAndPooled(
  tape: Tape,
  logMel: Variable,
  { mean, variance }: BatchStatistics,
  { filters, gamma, beta }: { filters: Variable; gamma: Variable; beta: Variable },
): Convolved {
  const { graph } = tape;
  const [batch, , height, width] = logMel.dims as [number, number, number, number];
  const outputs = filters.dims[0]!;
  const [one, zero] = [1, 0].map((value) =>
    graph.floats(`f32:1x${value}`, [1], () => Float32Array.of(value)),
  ) as [string, string];
  const standard = graph.node("BatchNormalization", [logMel.name, one, zero, mean, variance], {
    epsilon: { float: EPSILON },
  });
  const ones = graph.node("Expand", [one, graph.integers(logMel.dims)]);
  const { corners, rest } = pooledWindows(graph, [standard, ones], [batch, height, width]);
  const matrix = reshape(tape, filters, [outputs, sizeOf(filters.dims) / outputs]);
  const both = concat(tape, [
    multiplyByNumber(tape, matrix, gamma),
    multiplyByNumber(tape, matrix, beta),
  ]);
  const filtered = (windows: Windows) => filterWindows(tape, both, windows);
  const parts = corners.map(filtered);
  const pooled = [batch, outputs, Math.floor(height / 2), Math.floor(width / 2)];
  const maxima = reshape(tape, maximum(tape, parts), pooled);
  return { parts: [...parts, ...rest.map(filtered)], maxima };
}

/**
 * Builds the heads for training, with dropout.
 *
 * @param mask [batch, features], 0 or 1
 */
export function headsInTraining(
  tape: Tape,
  { dropout: rate }: Architecture,
  features: Variable,
  mask: string,
  parameter: (name: string) => Variable,
): Variable {
  const kept = dropout(tape, features, mask, rate);
  return linear(tape, kept, parameter("fc.weight"), parameter("fc.bias"));
}

/**
 * Builds the trunk for inference, with its running statistics, for any batch and time.
 *
 * @returns the name of the features [batch, 2 x channels]
 */
export function inferenceTrunk(
  graph: GraphBuilder,
  { channels }: Pick<Architecture, "channels">,
  logMel: string,
  parameter: ParameterName,
): string {
  const normalization = (maps: string, layer: string) =>
    graph.node(
      "BatchNormalization",
      [
        maps,
        ...["weight", "bias", "running_mean", "running_var"].map((name) =>
          parameter(`${layer}.${name}`),
        ),
      ],
      { epsilon: { float: EPSILON } },
    );
  let maps = normalization(logMel, "spec_bn");
  for (let i = 1; i <= channels.length; i++) {
    const filters = ["weight", "bias"].map((name) => parameter(`layer${i}.conv.${name}`));
    const window = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
    const convolved = graph.node("Conv", [maps, ...filters], window);
    const rectified = graph.node("Relu", [normalization(convolved, `layer${i}.bn`)]);
    maps = graph.node("MaxPool", [rectified], { kernel_shape: [2, 2], strides: [2, 2] });
  }
  const pooled = ["GlobalAveragePool", "GlobalMaxPool"].map((type) => graph.node(type, [maps]));
  return graph.node("Flatten", [graph.node("Concat", pooled, { axis: 1 })], { axis: 1 });
}
