import { type FoldedTable, type Head, type ResponseTable, rowCount } from "./response-table.ts";

/**
 * Looks at an encoder's table through one listener's head. The mean channels of a row become one
 * number; max channels stay apart, since a maximum over groups comes before its weight.
 *
 * @throws RangeError where the head has not one weight a feature
 */
export function foldTable(table: ResponseTable, head: Head): FoldedTable {
  const { segments, sources, groups, features, meanChannels, maxChannels } = table;
  if (head.weights.length !== features.length) {
    throw new RangeError(
      `the head has ${head.weights.length} weights, the table ${features.length} features`,
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
