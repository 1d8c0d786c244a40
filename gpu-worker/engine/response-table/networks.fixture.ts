import { meanAndMax, scaled, type TestNetwork } from "./test-network.fixture.ts";

/** LEMONS's own shape, narrow: [Conv 3x3, BatchNormalization, Relu, MaxPool 2] a block. */
export function fcn(widths: readonly number[]) {
  return (network: TestNetwork, input: string) => {
    let tensor = network.batchNormalization(scaled(network, input), 1);
    let from = 1;
    let bands = network.bands;
    for (const to of widths) {
      tensor = network.conv(tensor, { from, to, kernel: [3, 3], pads: [1, 1, 1, 1] });
      tensor = network.node("Relu", [network.batchNormalization(tensor, to)]);
      const high = bands >= 4 ? 2 : 1;
      tensor = network.node("MaxPool", [tensor], { kernel_shape: [high, 2], strides: [high, 2] });
      bands = Math.floor(bands / high);
      from = to;
    }
    return meanAndMax(network, tensor, from);
  };
}

/** Convolutions of stride 2 instead of pooling. */
export function strided(widths: readonly number[]) {
  return (network: TestNetwork, input: string) => {
    let tensor = scaled(network, input);
    let from = 1;
    for (const to of widths) {
      const shape = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } as const;
      tensor = network.conv(tensor, { from, to, ...shape });
      tensor = network.node("LeakyRelu", [tensor], { alpha: { float: 0.1 } });
      from = to;
    }
    return meanAndMax(network, tensor, from);
  };
}

/** Average pooling with padding that counts, and that does not. */
export function averaged(network: TestNetwork, input: string) {
  let tensor = scaled(network, input);
  tensor = network.conv(tensor, { from: 1, to: 4, kernel: [3, 5], pads: [1, 2, 1, 2] });
  const shape = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  tensor = network.node("AveragePool", [tensor], { ...shape, count_include_pad: 1 });
  tensor = network.node("Elu", [tensor]);
  tensor = network.conv(tensor, { from: 4, to: 4, kernel: [3, 3], bias: false });
  tensor = network.node("AveragePool", [tensor], { ...shape, count_include_pad: 0 });
  return meanAndMax(network, tensor, 4);
}
