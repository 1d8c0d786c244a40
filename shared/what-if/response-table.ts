import type { Mask } from "../explanation/mask.ts";

/** The columns of the network's last level that hear the same components. */
export interface TableGroup {
  /**
   * Indices (segment x number of sources + source) of the components that these columns hear, rising.
   * Silent components are in no group. Bit i of a row's number stands for `components[i]`.
   */
  components: readonly number[];
  /** Number of columns. */
  columns: number;
  /** First of the group's 2^components rows. */
  firstRow: number;
}

/** One feature: shift + sum of weight x pooled channel; mean channels come before max channels. */
export interface TableFeature {
  shift: number;
  terms: readonly (readonly [channel: number, weight: number])[];
}

/**
 * The encoder's answers to every combination of components that its columns can hear. It contains no
 * head and therefore serves every listener of the encoder.
 */
export interface ResponseTable {
  segments: number;
  sources: number;
  /** Columns of all groups: the divisor of the mean channels. */
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
  /** Number of max channels with a non-zero weight. */
  channels: number;
  /** Number of channels with the sign +1, which come first; the others have -1. */
  positive: number;
  /** [rows] */
  scalars: Float32Array;
  /** [rows x channels], multiplied by the absolute values of the weights. */
  maxima: Float32Array;
}

/** A linear head: logit = bias + weights . features. */
export interface Head {
  weights: ArrayLike<number>;
  bias: number;
}

/** Counts the rows of a table. */
export function rowCount(groups: readonly TableGroup[]): number {
  const last = groups.at(-1);
  return last ? last.firstRow + 2 ** last.components.length : 0;
}

/**
 * Folds a listener's head into an encoder's table. The mean channels of a row become one number. Max
 * channels stay separate, since the maximum over groups comes before the weight.
 *
 * @throws RangeError if the head does not have one weight per feature
 */
export function foldTable(table: ResponseTable, head: Head): FoldedTable {
  const { segments, sources, groups, features, meanChannels, maxChannels } = table;
  if (head.weights.length !== features.length) {
    throw new RangeError(
      `the head has ${head.weights.length} weights, but the table has ${features.length} features`,
    );
  }
  const weights = new Float64Array(meanChannels + maxChannels);
  let bias = head.bias;
  features.forEach(({ shift, terms }, feature) => {
    const weight = head.weights[feature]!;
    bias += weight * shift;
    for (const [channel, factor] of terms) weights[channel]! += weight * factor;
  });
  const rows = rowCount(groups);
  const scalars = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let channel = 0; channel < meanChannels; channel++) {
      sum += weights[channel]! * table.sums[row * meanChannels + channel]!;
    }
    scalars[row] = sum / table.columns;
  }
  const maxWeights = weights.subarray(meanChannels);
  const order = [...channelsWhere(maxWeights, 1), ...channelsWhere(maxWeights, -1)];
  const maxima = new Float32Array(rows * order.length);
  for (let row = 0; row < rows; row++) {
    order.forEach((channel, i) => {
      const value = table.maxima[row * maxChannels + channel]!;
      maxima[row * order.length + i] = Math.abs(maxWeights[channel]!) * value;
    });
  }
  const positive = channelsWhere(maxWeights, 1).length;
  return { segments, sources, bias, groups, channels: order.length, positive, scalars, maxima };
}

function channelsWhere(weights: Float64Array, sign: number): number[] {
  return [...weights.keys()].filter((channel) => Math.sign(weights[channel]!) === sign);
}

/**
 * Reads the logit of one mask from a folded table: one row of each group, additions and a maximum.
 *
 * @param gates [segments x sources]; element s x sources + r is 1 if source r sounds in segment s
 * @throws RangeError if there is not one gate per component of the table
 */
export function logitOfMask(table: FoldedTable, gates: Mask): number {
  const { segments, sources, groups, channels, positive, scalars, maxima } = table;
  if (gates.length !== segments * sources) {
    throw new RangeError(
      `a table of ${segments} x ${sources} components cannot take ${gates.length} gates`,
    );
  }
  const rows = groups.map((group) => rowOf(group, gates));
  let logit = table.bias;
  for (const row of rows) logit += scalars[row]!;
  for (let channel = 0; channel < channels; channel++) {
    let highest = -Infinity;
    for (const row of rows) highest = Math.max(highest, maxima[row * channels + channel]!);
    logit += channel < positive ? highest : -highest;
  }
  return logit;
}

/** Returns the row of a group for a mask. */
export function rowOf({ components, firstRow }: TableGroup, gates: Mask): number {
  let row = firstRow;
  for (let bit = 0; bit < components.length; bit++) row += gates[components[bit]!]! * 2 ** bit;
  return row;
}
