import type { onnx } from "onnx-proto";

/** Reasons why a model has no response table. */
export type NotSeparableCode =
  | "head-not-linear"
  | "mixes-time"
  | "recurrent"
  | "global-normalisation"
  | "branches"
  | "ceil-mode"
  | "padding"
  | "varies-in-time"
  | "training-mode"
  | "unsupported-operator"
  | "no-time-pooling";

/**
 * The model is not a chain of local operators with separable pooling. The analysis catches this error
 * and returns a verdict.
 */
export class NotSeparable extends Error {
  override readonly name = "NotSeparable";
  readonly code: NotSeparableCode;

  constructor(code: NotSeparableCode, message: string) {
    super(message);
    this.code = code;
  }
}

const REASONS: Record<string, readonly [NotSeparableCode, string]> = {
  ...each("LSTM GRU RNN", "recurrent", "is recurrent: a column depends on all before it"),
  ...each(
    "InstanceNormalization LayerNormalization GroupNormalization MeanVarianceNormalization LpNormalization RMSNormalization",
    "global-normalisation",
    "normalises by statistics of the whole track",
  ),
  ...each(
    "MatMul Gemm Einsum Attention Softmax LogSoftmax Transpose CumSum Scan TopK Gather",
    "mixes-time",
    "may mix columns far apart (attention, or a dense layer over time)",
  ),
  ...each("Pad", "padding", "pads as an operator of its own; pad in the convolution instead"),
  ...each(
    "Shape Size Reshape Flatten Squeeze Unsqueeze Slice Split Concat",
    "mixes-time",
    "rearranges the spectrogram before it is pooled",
  ),
};

function each(names: string, code: NotSeparableCode, why: string) {
  return Object.fromEntries(names.split(" ").map((name) => [name, [code, why] as const]));
}

/** Returns the reason why an operator before the pooling is not local to a column. */
export function refusalOf(node: onnx.INodeProto): NotSeparable {
  const name = `${node.opType} "${node.output?.[0]}"`;
  const reason = Object.hasOwn(REASONS, node.opType ?? "") ? REASONS[node.opType!] : undefined;
  return reason
    ? new NotSeparable(reason[0], `${name} ${reason[1]}`)
    : new NotSeparable("unsupported-operator", `${name} is not an operator that the engine knows`);
}
