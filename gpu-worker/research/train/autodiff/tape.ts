import type { GraphBuilder } from "../../../engine/onnx/graph-builder.ts";

/** A tensor of fixed shape in a graph. */
export interface Variable {
  /** Name in the graph. */
  readonly name: string;
  readonly dims: readonly number[];
  /** True if gradients with respect to this tensor are computed. */
  readonly tracked: boolean;
}

/**
 * Reverse-mode differentiation of an ONNX graph under construction. Each operator of this folder adds
 * its nodes and records a rule that adds the nodes of its gradient.
 * Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.
 */
export interface Tape {
  readonly graph: GraphBuilder;
  /** Wraps an existing tensor. Gradients are available with respect to tracked tensors. */
  variable(name: string, dims: readonly number[], tracked: boolean): Variable;
  /**
   * Records the result of an operator. It is tracked if one of its inputs is.
   *
   * @param backward receives the name of the gradient with respect to the result and contributes to
   *   the gradients of the tracked inputs
   */
  record(
    name: string,
    dims: readonly number[],
    inputs: readonly Variable[],
    backward: (gradient: string) => void,
  ): Variable;
  /** Adds to the gradient of a variable within a backward rule. Ignores untracked variables. */
  contribute(variable: Variable, gradient: () => string): void;
  /**
   * Like {@link contribute}, for a rule that updates the sum of earlier contributions itself.
   *
   * @param into receives the name of the sum so far (undefined if none) and returns the new one
   */
  contributeInto(variable: Variable, into: (sum: string | undefined) => string): void;
  /**
   * Adds the nodes of all gradients.
   *
   * @param loss a scalar
   * @returns the names of the gradients with respect to `variables`; undefined for a variable that
   *   the loss doesn't depend on
   */
  gradients(loss: Variable, variables: readonly Variable[]): (string | undefined)[];
}

/** Creates an empty tape on a graph. */
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

/** Adds a scalar constant. */
export function scalar(graph: GraphBuilder, value: number): string {
  return graph.floats(`f32:${value}`, [], () => Float32Array.of(value));
}

/** Adds a Reshape node. */
export function reshaped(graph: GraphBuilder, name: string, dims: readonly number[]): string {
  return graph.node("Reshape", [name, graph.integers(dims)]);
}

/** Adds a Slice node: the part [from, to) of one axis. */
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

/** Adds a ReduceSum node that drops the summed axes. */
export function summed(graph: GraphBuilder, name: string, axes: readonly number[]): string {
  return graph.node("ReduceSum", [name, graph.integers(axes)], { keepdims: 0 });
}
