import type { onnx } from "onnx-proto";
import type { LinearForm } from "./linear-forms.ts";
import type { LocalShape, WindowedOperator } from "./local-operators.ts";

/** A windowed operator and the pointwise operators after it. The first stage has only pointwise ones. */
export interface TrunkStage {
  operator: WindowedOperator | null;
  /** Name of the tensor that the operator reads; in the first stage, the pointwise nodes. */
  input: string;
  /** Name of the tensor that the pointwise nodes start from. */
  root: string;
  pointwise: onnx.INodeProto[];
  /** Shape of the operator's output. */
  shape: LocalShape;
}

/** Values pooled over time from one tensor of the last stage. */
export interface PooledPiece {
  tensor: string;
  /** How bands become one number a channel; `keep` turns every band into a channel. */
  bands: "mean" | "max" | "keep";
  time: "mean" | "max";
  /** Number of pooled channels. */
  size: number;
}

/**
 * A model up to its pooled features: pointwise nodes, windowed operators in a chain, pooling over
 * time, and features that are linear in what was pooled.
 */
export interface Trunk {
  opset: number;
  /** Bands of the input spectrogram. */
  bands: number;
  /** Number of frames that the model requires; null if it takes any. */
  frames: number | null;
  stages: TrunkStage[];
  /** Pooled channels are numbered piece after piece, those of mean pooling first. */
  pieces: PooledPiece[];
  meanChannels: number;
  maxChannels: number;
  features: LinearForm[];
  constants: ReadonlyMap<string, onnx.ITensorProto>;
}

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
