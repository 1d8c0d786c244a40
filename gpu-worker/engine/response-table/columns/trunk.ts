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
