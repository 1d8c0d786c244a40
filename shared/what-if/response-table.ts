/** Columns of the network's last level that see the same components. */
export interface TableGroup {
  /**
   * Indices (segment x sources + source) of the components that these columns can hear, rising.
   * Silent components are in no group. Bit i of a row's number is `components[i]`.
   */
  components: readonly number[];
  /** Columns of the group. */
  columns: number;
  /** The group has 2^components rows from here on. */
  firstRow: number;
}

/** One feature: shift + sum of weight x pooled channel, mean channels counted before max ones. */
export interface TableFeature {
  shift: number;
  terms: readonly (readonly [channel: number, weight: number])[];
}

/**
 * What an encoder answers to every combination of components that any of its columns can hear. No
 * head is in it, so it serves every listener of the encoder.
 */
export interface ResponseTable {
  segments: number;
  sources: number;
  /** Columns of all groups; a mean channel is its sums over the groups divided by this. */
  columns: number;
  meanChannels: number;
  maxChannels: number;
  features: readonly TableFeature[];
  groups: readonly TableGroup[];
  /** [rows x meanChannels]: sums over a group's columns. */
  sums: Float32Array;
  /** [rows x maxChannels]: maxima over a group's columns. */
  maxima: Float32Array;
}

/**
 * A response table seen through one listener's head:
 * logit = bias + sum over groups of scalars + sum over channels of sign x max over groups of maxima.
 */
export interface FoldedTable {
  segments: number;
  sources: number;
  bias: number;
  groups: readonly TableGroup[];
  /** Max channels with a weight other than zero. */
  channels: number;
  /** The first of them have the sign +1, the others -1. */
  positive: number;
  /** [rows] */
  scalars: Float32Array;
  /** [rows x channels], each times the absolute value of its weight. */
  maxima: Float32Array;
}

/** A linear head: logit = bias + weights . features. */
export interface Head {
  weights: ArrayLike<number>;
  bias: number;
}

/** Rows of a table. */
export function rowCount(groups: readonly TableGroup[]): number {
  const last = groups.at(-1);
  return last ? last.firstRow + 2 ** last.components.length : 0;
}
