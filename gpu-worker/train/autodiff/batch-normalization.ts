import { reshaped, scalar, summed, type Tape, type Variable } from "./tape.ts";

/** Added to the variance, as PyTorch's default. */
export const EPSILON = 1e-5;

/** Mean and (biased) variance of a batch, one number a channel. */
export interface BatchStatistics {
  mean: string;
  variance: string;
  /** Numbers that each of them is taken over. */
  count: number;
}

/**
 * Normalises with the statistics of a batch.
 * Source: Ioffe and Szegedy, "Batch Normalization" (ICML 2015), section 3.
 *
 * @param x [batch, channels, height, width], whose statistics are taken
 * @param what is normalised with them: x itself, or something of as many channels that was made
 *   of x, such as its pooled maxima
 * @param gamma scale, [channels]
 * @param beta shift, [channels]
 */
export function batchNormalization(
  tape: Tape,
  x: Variable,
  { of: what, gamma, beta }: { of: Variable; gamma: Variable; beta: Variable },
): { result: Variable; statistics: BatchStatistics } {
  const { graph } = tape;
  const channels = x.dims[1]!;
  const count = (x.dims[0]! * x.dims[2]! * x.dims[3]!) as number;
  const spread = (name: string) => reshaped(graph, name, [1, channels, 1, 1]);
  const mul = (a: string, b: string) => graph.node("Mul", [a, b]);
  /** Axis after axis: one long float32 sum would lose digits. */
  const sumOf = (name: string) => summed(graph, summed(graph, name, [2, 3]), [0]);

  const mean = mul(sumOf(x.name), scalar(graph, 1 / count));
  const centred = graph.node("Sub", [x.name, spread(mean)]);
  const squares = graph.node("ReduceSumSquare", [centred, graph.integers([3])], { keepdims: 0 });
  const variance = mul(summed(graph, summed(graph, squares, [2]), [0]), scalar(graph, 1 / count));
  const zero = scalarVector(tape, channels, 0);
  const one = scalarVector(tape, channels, 1);
  const centredWhat = what === x ? centred : graph.node("Sub", [what.name, spread(mean)]);
  const name = graph.node(
    "BatchNormalization",
    [centredWhat, gamma.name, beta.name, zero, variance],
    { epsilon: { float: EPSILON } },
  );

  const result = tape.record(name, what.dims, [x, what, gamma, beta], (gradient) => {
    const deviation = graph.node("Sqrt", [graph.node("Add", [variance, scalar(graph, EPSILON)])]);
    const shiftGradient = sumOf(gradient);
    const scaleGradient = graph.node("Div", [sumOf(mul(gradient, centredWhat)), deviation]);
    const slope = graph.node("Div", [gamma.name, deviation]);
    tape.contribute(beta, () => shiftGradient);
    tape.contribute(gamma, () => scaleGradient);
    tape.contribute(what, () => mul(gradient, spread(slope)));
    // Through the mean and the variance: an affine function of x, for every element.
    tape.contribute(x, () => {
      const share = mul(slope, scalar(graph, -1 / count));
      const factor = graph.node("Div", [mul(share, scaleGradient), deviation]);
      return graph.node(
        "BatchNormalization",
        [centred, factor, mul(share, shiftGradient), zero, one],
        {
          epsilon: { float: 0 },
        },
      );
    });
  });
  return { result, statistics: { mean, variance, count } };
}

function scalarVector({ graph }: Tape, length: number, value: number): string {
  return graph.floats(`f32:${length}x${value}`, [length], () =>
    new Float32Array(length).fill(value),
  );
}
