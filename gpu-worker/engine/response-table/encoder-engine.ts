import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/components";
import type { ResponseTable } from "@lemons/shared/what-if/response-table";
import type { EncoderPackage } from "../model/model-package.ts";
import type { GraphSessions } from "./graph-sessions.ts";

/**
 * A way of computing response tables for some kind of encoder. Every implementation passes
 * `encoder-engine-contract.test.ts`; `engines.ts` registers them.
 */
export interface EncoderEngine {
  name: string;
  /**
   * Decides from the encoder alone whether it has response tables.
   *
   * @throws InputError if the encoder's graph is malformed
   */
  analyse(model: EncoderPackage): EncoderVerdict;
}

export type EncoderVerdict =
  | TabulatedEncoder
  | {
      applies: false;
      code: string;
      /** A clause without a full stop, for people. */
      reason: string;
    };

/** An encoder that has response tables. */
export interface TabulatedEncoder {
  applies: true;
  /**
   * Plans a table and computes its cost. Refuses tables that are too large or cost more than the
   * forward passes that they save.
   *
   * @throws RangeError if sources differ in length, or segments are out of order
   */
  prepare(question: TableQuestion): PreparedTable | TableRefusal;
}

/** A separated track as an encoder hears it. */
export interface TableQuestion {
  frontEnd: FrontEnd;
  /** Mono at the front-end's rate, all of one length; they sum to the track. */
  sources: readonly Float32Array[];
  /** In rising order; samples outside of all segments are silent in every combination. */
  segments: readonly SegmentBounds[];
  /** Limit of the cost in forward passes; 2,048 by default. */
  maxForwards?: number | undefined;
  /** True if the table is built on a GPU, where large tensors are fast; false by default. */
  onGpu?: boolean | undefined;
}

/** The reason why no table is built although the encoder has them. */
export interface TableRefusal {
  applies: false;
  code:
    | "too-many-components"
    | "table-too-large"
    | "too-costly"
    | "too-much-memory"
    | "too-short"
    | "other-length";
  /** A clause without a full stop, for people. */
  reason: string;
}

/** A planned table. */
export interface PreparedTable {
  applies: true;
  cost: TableCost;
  /** Components that are not silent. */
  audibleComponents: number;
  /**
   * Computes the table. Only one at a time may use the same `sessions`.
   *
   * @throws InputError if onnxruntime refuses a part of the model, or its output is not finite; the
   *   signal's reason
   */
  build(options: BuildOptions): Promise<BuiltTable>;
}

/** The cost of a table, known before it is computed. */
export interface TableCost {
  rows: number;
  /** Bytes of the unfolded table. */
  tableBytes: number;
  /** Multiply-adds of all convolutions. */
  multiplyAdds: number;
  /** Multiply-adds of one forward pass of the whole model over the whole track. */
  forwardMultiplyAdds: number;
  /** Output columns of all convolutions, times combinations. */
  columnsEvaluated: number;
  /** Estimated peak memory in bytes, without the sessions. */
  workingBytes: number;
}

export interface BuildOptions {
  sessions: GraphSessions;
  /** Called with the finished fraction, 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
  /** Checked between runs; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface BuiltTable {
  table: ResponseTable;
  statistics: TableStatistics;
}

/** The measured cost of a built table. */
export interface TableStatistics extends TableCost {
  /** Number of blocks that the model was split into. */
  blocks: number;
  /** `multiplyAdds` in units of forward passes. */
  forwardEquivalents: number;
  /** Seconds by phase. */
  seconds: Record<string, number>;
}
