import type { Architecture } from "@lemons/shared/contract/model";

/** What becomes of a named tensor of the network. */
export interface ParameterShape {
  /** As PyTorch's LEMONS names it: `layer1.conv.weight`, `fc.bias`. */
  name: string;
  dims: readonly number[];
  /** Weights follow the gradient; statistics are running means and variances of batches. */
  kind: "weight" | "statistic";
  /** Of the heads; everything else is the trunk. */
  ofHead: boolean;
}

/** Every tensor of the network that training changes, in the order of the layers. */
export function parameterShapes({ channels, heads }: Architecture): ParameterShape[] {
  const trunk = normalization("spec_bn", 1);
  channels.forEach((outputs, i) => {
    const inputs = channels[i - 1] ?? 1;
    const layer = `layer${i + 1}`;
    trunk.push(weight(`${layer}.conv.weight`, [outputs, inputs, 3, 3]));
    trunk.push(weight(`${layer}.conv.bias`, [outputs]));
    trunk.push(...normalization(`${layer}.bn`, outputs));
  });
  const features = featuresOf({ channels });
  return [
    ...trunk,
    { ...weight("fc.weight", [heads, features]), ofHead: true },
    { ...weight("fc.bias", [heads]), ofHead: true },
  ];
}

/** Numbers that the heads read: mean and maximum of each channel of the last block. */
export function featuresOf({ channels }: Pick<Architecture, "channels">): number {
  return 2 * channels.at(-1)!;
}

function normalization(name: string, channels: number): ParameterShape[] {
  const statistic = (suffix: string): ParameterShape => ({
    ...weight(`${name}.${suffix}`, [channels]),
    kind: "statistic",
  });
  return [
    weight(`${name}.weight`, [channels]),
    weight(`${name}.bias`, [channels]),
    statistic("running_mean"),
    statistic("running_var"),
  ];
}

function weight(name: string, dims: readonly number[]): ParameterShape {
  return { name, dims, kind: "weight", ofHead: false };
}
