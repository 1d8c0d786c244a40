import type { GraphBuilder } from "../../engine/onnx/graph-builder.ts";
import { scalar } from "./autodiff/tape.ts";

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

/** Adam's state: names of vectors of equal length. */
export interface AdamState {
  weights: string;
  /** Exponential moving average of the gradient. */
  first: string;
  /** Exponential moving average of the squared gradient. */
  second: string;
}

/** Scalars that change from step to step. */
export interface AdamRates {
  /** Learning rate divided by the bias correction of the first moment. */
  stepSize: number;
  /** Reciprocal square root of the bias correction of the second moment. */
  rootScale: number;
}

/**
 * Computes the rates of a step, in float64 like PyTorch.
 *
 * @param step 1 for the first step
 */
export function adamRates(learningRate: number, step: number): AdamRates {
  return {
    stepSize: learningRate / (1 - FIRST_DECAY ** step),
    rootScale: 1 / Math.sqrt(1 - SECOND_DECAY ** step),
  };
}

/**
 * Adds the nodes of one step of Adam. L2 is added to the gradient, as in `torch.optim.Adam`.
 * Source: Kingma and Ba, "Adam" (ICLR 2015), algorithm 1.
 *
 * @param gradient name of the loss's gradient, a vector
 * @param rates names of the scalars of {@link adamRates}
 * @returns the names of the vectors after the step
 */
export function adam(
  graph: GraphBuilder,
  { weights, first, second }: AdamState,
  gradient: string,
  rates: Record<keyof AdamRates, string>,
  weightDecay: number,
): AdamState {
  const mul = (a: string, b: string) => graph.node("Mul", [a, b]);
  const add = (a: string, b: string) => graph.node("Add", [a, b]);
  const slope =
    weightDecay === 0 ? gradient : add(gradient, mul(weights, scalar(graph, weightDecay)));
  const mean = add(
    mul(first, scalar(graph, FIRST_DECAY)),
    mul(slope, scalar(graph, 1 - FIRST_DECAY)),
  );
  const square = add(
    mul(second, scalar(graph, SECOND_DECAY)),
    mul(mul(slope, slope), scalar(graph, 1 - SECOND_DECAY)),
  );
  const root = mul(graph.node("Sqrt", [square]), rates.rootScale);
  const direction = graph.node("Div", [mean, add(root, scalar(graph, EPSILON))]);
  const stepped = graph.node("Sub", [weights, mul(direction, rates.stepSize)]);
  return { weights: stepped, first: mean, second: square };
}
