import { reshaped, scalar, summed, type Tape, type Variable } from "./tape.ts";

/** Added to the variance; PyTorch's default. */
export const EPSILON = 1e-5;

/** Mean and biased variance of a batch, as names of [channels] tensors. */
export interface BatchStatistics {
  mean: string;
  variance: string;
  /** Number of values per channel. */
  count: number;
}

/**
 * Normalises a tensor with the statistics of a batch.
 * Source: Ioffe and Szegedy, "Batch Normalization" (ICML 2015), section 3.
 *
 * @param parts tensors [batch, channels, height, width] whose statistics are computed together
 * @param input the tensor to normalise: one of the parts, or a tensor of as many channels derived
 *   from them, such as their maxima
 * @param gamma scale, [channels]
 * @param beta shift, [channels]
 */
export function batchNormalization(
  tape: Tape,
  parts: readonly Variable[],
  { input, gamma, beta }: { input: Variable; gamma: Variable; beta: Variable },
): { result: Variable; statistics: BatchStatistics } {
  const { graph } = tape;
  const channels = gamma.dims[0]!;
  const mul = (a: string, b: string) => graph.node("Mul", [a, b]);
  const names = parts.map(({ name }) => name);
  const { mean, variance, count } = batchStatistics(tape, names, countOf(parts), channels);
  const zero = vector(tape, channels, 0);
  const one = vector(tape, channels, 1);
  const affine = (x: string, scale: string, shift: string, divisor: string, epsilon: number) =>
    graph.node("BatchNormalization", [x, scale, shift, mean, divisor], {
      epsilon: { float: epsilon },
    });

  const name = affine(input.name, gamma.name, beta.name, variance, EPSILON);
  const result = tape.record(name, input.dims, [...parts, input, gamma, beta], (gradient) => {
    const deviation = graph.node("Sqrt", [graph.node("Add", [variance, scalar(graph, EPSILON)])]);
    const shiftGradient = sumOf(tape, gradient);
    const standard = affine(input.name, one, zero, variance, EPSILON);
    const scaleGradient = sumOf(tape, mul(gradient, standard));
    const slope = graph.node("Div", [gamma.name, deviation]);
    tape.contribute(beta, () => shiftGradient);
    tape.contribute(gamma, () => scaleGradient);
    tape.contribute(input, () => mul(gradient, reshaped(graph, slope, [1, channels, 1, 1])));
    // The gradient through mean and variance is an affine function of every element.
    const share = mul(slope, scalar(graph, -1 / count));
    const factor = graph.node("Div", [mul(share, scaleGradient), deviation]);
    const shift = mul(share, shiftGradient);
    for (const part of parts) {
      tape.contribute(part, () => affine(part.name, factor, shift, one, 0));
    }
  });
  return { result, statistics: { mean, variance, count } };
}

/**
 * Computes the joint statistics of tensors [batch, channels, height, width].
 *
 * @param count number of values per channel
 */
export function batchStatistics(
  tape: Tape,
  names: readonly string[],
  count: number,
  channels: number,
): BatchStatistics {
  const { graph } = tape;
  const share = scalar(graph, 1 / count);
  const total = (sums: string[]) => graph.node("Mul", [added(tape, sums), share]);
  const mean = total(names.map((name) => sumOf(tape, name)));
  const centre = reshaped(graph, mean, [1, channels, 1, 1]);
  const variance = total(
    names.map((name) => {
      const centred = graph.node("Sub", [name, centre]);
      const squares = graph.node("ReduceSumSquare", [centred, graph.integers([3])], {
        keepdims: 0,
      });
      return summed(graph, summed(graph, squares, [2]), [0]);
    }),
  );
  return { mean, variance, count };
}

function countOf(parts: readonly Variable[]): number {
  return parts.reduce((sum, { dims }) => sum + dims[0]! * dims[2]! * dims[3]!, 0);
}

/** Sums each channel, axis by axis: one long float32 sum would lose precision. */
function sumOf({ graph }: Tape, name: string): string {
  return summed(graph, summed(graph, name, [2, 3]), [0]);
}

function added({ graph }: Tape, terms: string[]): string {
  return terms.length === 1 ? terms[0]! : graph.node("Sum", terms);
}

function vector({ graph }: Tape, length: number, value: number): string {
  const numbers = () => new Float32Array(length).fill(value);
  return graph.floats(`f32:${length}x${value}`, [length], numbers);
}
