import type { onnx } from "onnx-proto";
import type { LinearForm } from "./linear-forms.ts";
import type { LocalShape, WindowedOperator } from "./windowed-operator.ts";

/** One windowed operator and the pointwise ones behind it; the first stage has only the latter. */
export interface TrunkStage {
  operator: WindowedOperator | null;
  /** Name of the tensor that the operator (in the first stage: the pointwise nodes) reads. */
  input: string;
  /** Name of the tensor that the pointwise nodes start from. */
  root: string;
  pointwise: onnx.INodeProto[];
  /** Of what the operator gives. */
  shape: LocalShape;
}

/** Values pooled over time from one tensor of the last stage. */
export interface PooledPiece {
  tensor: string;
  /** How bands become one number a channel; `keep` makes every band a channel of its own. */
  bands: "mean" | "max" | "keep";
  time: "mean" | "max";
  /** Pooled channels of this piece. */
  size: number;
}

/**
 * A model up to its pooled features: pointwise nodes, windowed operators in a chain, pooling over
 * time, and features that are linear in what was pooled.
 */
export interface Trunk {
  opset: number;
  /** Of the input spectrogram. */
  bands: number;
  /** The only length of spectrogram that the model declares, or null where it takes any. */
  frames: number | null;
  stages: TrunkStage[];
  /** Pooled channels are numbered piece after piece, those of mean pooling first. */
  pieces: PooledPiece[];
  meanChannels: number;
  maxChannels: number;
  features: LinearForm[];
  constants: ReadonlyMap<string, onnx.ITensorProto>;
}
