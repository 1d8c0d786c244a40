import type { GraphBuilder } from "../../../engine/onnx/graph-builder.ts";

/** A tensor of a graph whose shapes are all known. */
export interface Variable {
  /** Its name in the graph. */
  readonly name: string;
  readonly dims: readonly number[];
  /** Whether a gradient with respect to it is wanted. */
  readonly tracked: boolean;
}

/**
 * Reverse-mode differentiation of an ONNX graph while it is written: each operator of this folder
 * adds its nodes and records the rule that adds the nodes of its gradient.
 * Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.
 */
export interface Tape {
  readonly graph: GraphBuilder;
  /** A tensor that is there already; tracked ones are what can be differentiated with respect to. */
  variable(name: string, dims: readonly number[], tracked: boolean): Variable;
  /**
   * The result of an operator, tracked where one of its inputs is.
   *
   * @param backward is given the name of the gradient with respect to the result, and contributes
   *   to the gradients of the tracked inputs
   */
  record(
    name: string,
    dims: readonly number[],
    inputs: readonly Variable[],
    backward: (gradient: string) => void,
  ): Variable;
  /** Adds to the gradient of a variable, within a backward rule; nothing where it is not tracked. */
  contribute(variable: Variable, gradient: () => string): void;
  /**
   * As {@link contribute}, for a rule that can write into the sum of what others contributed.
   *
   * @param into is given the sum so far, undefined where there is none, and returns the new one
   */
  contributeInto(variable: Variable, into: (sum: string | undefined) => string): void;
  /**
   * Adds the nodes of all gradients.
   *
   * @param loss a scalar
   * @returns the names of the gradients with respect to `variables`; undefined where the loss does
   *   not depend on one
   */
  gradients(loss: Variable, variables: readonly Variable[]): (string | undefined)[];
}

export function createTape(graph: GraphBuilder): Tape {
  const recorded: { result: Variable; backward: (gradient: string) => void }[] = [];
  const sums = new Map<Variable, string>();

  const tape: Tape = {
    graph,
    variable: (name, dims, tracked) => ({ name, dims, tracked }),
    record(name, dims, inputs, backward) {
      const result = { name, dims, tracked: inputs.some(({ tracked }) => tracked) };
      if (result.tracked) recorded.push({ result, backward });
      return result;
    },
    contribute(variable, gradient) {
      tape.contributeInto(variable, (sum) =>
        sum === undefined ? gradient() : graph.node("Add", [sum, gradient()]),
      );
    },
    contributeInto(variable, into) {
      if (variable.tracked) sums.set(variable, into(sums.get(variable)));
    },
    gradients(loss, variables) {
      sums.set(loss, scalar(graph, 1));
      for (const { result, backward } of recorded.toReversed()) {
        const gradient = sums.get(result);
        if (gradient !== undefined) backward(gradient);
      }
      return variables.map((variable) => sums.get(variable));
    },
  };
  return tape;
}

/** A constant. */
export function scalar(graph: GraphBuilder, value: number): string {
  return graph.floats(`f32:${value}`, [], () => Float32Array.of(value));
}

/** The same numbers in another shape. */
export function reshaped(graph: GraphBuilder, name: string, dims: readonly number[]): string {
  return graph.node("Reshape", [name, graph.integers(dims)]);
}

/** The part [from, to) of one axis. */
export function sliced(
  graph: GraphBuilder,
  name: string,
  axis: number,
  from: number,
  to: number,
): string {
  return graph.node("Slice", [
    name,
    graph.integers([from]),
    graph.integers([to]),
    graph.integers([axis]),
  ]);
}

/** Sum over axes, which are dropped. */
export function summed(graph: GraphBuilder, name: string, axes: readonly number[]): string {
  return graph.node("ReduceSum", [name, graph.integers(axes)], { keepdims: 0 });
}
