import type { Architecture } from "@lemons/shared/contract/model";
import { InputError } from "../../engine/input-error.ts";
import { createGraphBuilder } from "../../engine/onnx/graph-builder.ts";
import { adam } from "./adam.ts";
import { sigmoidCrossEntropy } from "./autodiff/sigmoid-cross-entropy.ts";
import { createTape } from "./autodiff/tape.ts";
import { headsInTraining, inferenceTrunk, trunkInTraining } from "./network.ts";
import {
  featuresOf,
  type ParameterShape,
  packNodes,
  parameterShapes,
  totalSize,
  unpackNodes,
} from "./parameters.ts";

/** Required by ReduceMax, ReduceMean and ScatterElements in the forms used here. */
const OPSET = 18;

export interface TrainGraphOptions {
  architecture: Architecture;
  batchSize: number;
  frames: number;
  /** L2, added to the gradient. */
  weightDecay: number;
  /** Trains the heads only and leaves the trunk and its statistics unchanged. */
  trunkFrozen: boolean;
}

/** A training step as one ONNX file. Tensors of a kind are concatenated into one vector. */
export interface TrainGraph {
  onnx: Uint8Array;
  /** Contents of the vectors `weights`, `first` and `second`: the trained weights. */
  trained: readonly ParameterShape[];
  /** Contents of the vector `held`: running statistics, and the weights of a frozen trunk. */
  held: readonly ParameterShape[];
}

/**
 * Builds the graph of one step: forward, loss, backward, Adam, running statistics.
 *
 * Inputs: `logmel` [batch, 1, bands, frames], `labels` and `label_weights` [batch, heads],
 * `dropout_mask` [batch, features], the four vectors, and the scalars `step_size` and `root_scale`
 * of Adam. Outputs: `loss`, and the vectors after the step, named `next_` and the vector's name.
 * `next_held` is missing if the trunk is frozen, since `held` doesn't change.
 *
 * @throws InputError if a spectrogram is too small for the blocks, or the batch is empty
 */
export function buildTrainGraph(options: TrainGraphOptions): TrainGraph {
  checkSizes(options);
  const { architecture, batchSize, frames, weightDecay, trunkFrozen } = options;
  const { bands, heads } = architecture;
  const shapes = parameterShapes(architecture);
  const isTrained = ({ kind, ofHead }: ParameterShape) =>
    kind === "weight" && (ofHead || !trunkFrozen);
  const trained = shapes.filter(isTrained);
  const held = shapes.filter((shape) => !isTrained(shape));
  const [length, heldLength] = [totalSize(trained), totalSize(held)];

  const graph = createGraphBuilder(OPSET);
  const tape = createTape(graph);
  const logMel = graph.input("logmel", [batchSize, 1, bands, frames]);
  const labels = graph.input("labels", [batchSize, heads]);
  const labelWeights = graph.input("label_weights", [batchSize, heads]);
  const mask = graph.input("dropout_mask", [batchSize, featuresOf(architecture)]);
  const stepSize = graph.input("step_size", []);
  const rootScale = graph.input("root_scale", []);
  const weights = graph.input("weights", [length]);
  const moments = {
    first: graph.input("first", [length]),
    second: graph.input("second", [length]),
  };
  const heldNames = unpackNodes(graph, held, graph.input("held", [heldLength]));
  const weightNames = unpackNodes(graph, trained, weights);
  const variables = new Map(
    trained.map(({ name, dims }) => [name, tape.variable(weightNames.get(name)!, dims, true)]),
  );
  const parameter = (name: string) => variables.get(name)!;
  const heldName = (name: string) => heldNames.get(name)!;

  let statistics = new Map<string, string>();
  let features = tape.variable("", [batchSize, featuresOf(architecture)], false);
  if (trunkFrozen) {
    const name = inferenceTrunk(graph, architecture, logMel, heldName);
    features = { ...features, name };
  } else {
    const input = tape.variable(logMel, [batchSize, 1, bands, frames], false);
    ({ features, statistics } = trunkInTraining(tape, architecture, input, parameter, heldName));
  }
  const logits = headsInTraining(tape, architecture, features, mask, parameter);
  const loss = sigmoidCrossEntropy(tape, logits, labels, labelWeights);

  const gradients = tape.gradients(loss, [...variables.values()]);
  const byName = new Map([...variables.keys()].map((name, i) => [name, gradients[i]]));
  const gradient = packNodes(graph, trained, byName);
  const rates = { stepSize, rootScale };
  const next = adam(graph, { weights, ...moments }, gradient, rates, weightDecay);
  graph.output(loss.name, "loss", []);
  for (const [name, vector] of Object.entries(next)) graph.output(vector, `next_${name}`, [length]);
  if (!trunkFrozen) graph.output(packNodes(graph, held, statistics), "next_held", [heldLength]);
  return { onnx: graph.encode(), trained, held };
}

/** Refuses sizes whose batch or pooled maps would be empty. */
function checkSizes({ architecture, batchSize, frames }: TrainGraphOptions): void {
  const { bands, channels } = architecture;
  const least = 2 ** channels.length;
  if (Math.min(bands, frames) < least) {
    throw new InputError(
      `${channels.length} blocks need a spectrogram of at least ${least} bands and frames; it has ${bands} and ${frames}`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new InputError(`the batch size must be a whole number of at least 1, not ${batchSize}`);
  }
}
