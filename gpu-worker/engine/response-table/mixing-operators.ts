import type { onnx } from "onnx-proto";
import { NotSeparable, type NotSeparableCode } from "./not-separable.ts";

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

/** Why an operator before the pooling is not local to a column. */
export function refusalOf(node: onnx.INodeProto): NotSeparable {
  const name = `${node.opType} "${node.output?.[0]}"`;
  const known = Object.hasOwn(REASONS, node.opType ?? "") ? REASONS[node.opType!] : undefined;
  return known
    ? new NotSeparable(known[0], `${name} ${known[1]}`)
    : new NotSeparable("unsupported-operator", `${name} is no operator that the engine knows`);
}
