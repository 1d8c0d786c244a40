import type { Factorisation } from "./factorisation.ts";

/** How a component comes and goes. */
export interface ActivationShape {
  /** Sum of all changes over the sum of all values, a second: high where sounds are short. */
  changePerSecond: Float64Array;
  /**
   * How much more concentrated its rises are than its falls: the logarithm of the ratio of their
   * L2 / L1 norms. Struck and plucked sounds rise at once and fade slowly: above 0. Sustained ones
   * rise and fall alike: about 0.
   */
  attackSharpness: Float64Array;
}

const FLOOR = 1e-9;

/** Shape of each component's activation over time. */
export function activationShape(
  { components, frames, activations }: Factorisation,
  hopSeconds: number,
): ActivationShape {
  const changePerSecond = new Float64Array(components);
  const attackSharpness = new Float64Array(components);
  for (let k = 0; k < components; k++) {
    let sum = activations[k]!;
    let rise = 0;
    let rises = 0;
    let fall = 0;
    let falls = 0;
    for (let frame = 1; frame < frames; frame++) {
      const value = activations[frame * components + k]!;
      const change = value - activations[(frame - 1) * components + k]!;
      sum += value;
      if (change > 0) {
        rise += change;
        rises += change * change;
      } else {
        fall -= change;
        falls += change * change;
      }
    }
    changePerSecond[k] = (rise + fall) / (sum + FLOOR) / hopSeconds;
    const riseFocus = Math.sqrt(rises) / (rise + FLOOR) + FLOOR;
    const fallFocus = Math.sqrt(falls) / (fall + FLOOR) + FLOOR;
    attackSharpness[k] = Math.log(riseFocus / fallFocus);
  }
  return { changePerSecond, attackSharpness };
}
