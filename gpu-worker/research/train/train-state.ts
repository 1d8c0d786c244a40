import type { Architecture } from "@lemons/shared/contract/model";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { InputError } from "../../engine/input-error.ts";
import { type FloatTensor, sizeOf } from "../../engine/onnx/tensors.ts";
import { type ParameterShape, parameterShapes } from "./parameters.ts";

/**
 * Everything that training changes, by name: weights and running statistics under PyTorch's names,
 * Adam's moments of every weight under `adam.first.<name>` and `adam.second.<name>`, and `step`, the
 * number of finished steps (a scalar). All tensors are float32, so a state maps to a safetensors file.
 */
export type TrainState = ReadonlyMap<string, FloatTensor>;

/** Prefixes of Adam's moments, before the name of the weight. */
export const FIRST_MOMENT = "adam.first.";
export const SECOND_MOMENT = "adam.second.";

const GAIN = Math.SQRT2;

/**
 * Creates the state before the first step. Matrices are xavier-uniform with gain sqrt 2 (Glorot and
 * Bengio, 2010, equation 16), each head as if it were the only one. Biases are 0; scale and variance
 * of batch normalisation are 1, shift and mean 0.
 *
 * @param seed integer, 0 to 2^32 - 1
 */
export function initialState(architecture: Architecture, seed: number): TrainState {
  const random = createMt19937(seed);
  const uniform = () => random.nextUint32() / 2 ** 32;
  const state = new Map<string, FloatTensor>();
  for (const shape of parameterShapes(architecture)) {
    const { name, dims, kind } = shape;
    const data = new Float32Array(sizeOf(dims));
    if (dims.length > 1) {
      const bound = xavierBound(shape);
      for (let i = 0; i < data.length; i++) data[i] = (2 * uniform() - 1) * bound;
    } else if (name.endsWith("bn.weight") || name.endsWith("running_var")) {
      data.fill(1);
    }
    state.set(name, { dims, data });
    if (kind === "statistic") continue;
    for (const moment of [FIRST_MOMENT, SECOND_MOMENT]) {
      state.set(`${moment}${name}`, { dims, data: new Float32Array(data.length) });
    }
  }
  state.set("step", { dims: [], data: Float32Array.of(0) });
  return state;
}

function xavierBound({ dims, ofHead }: ParameterShape): number {
  const [outputs, inputs, ...kernel] = dims;
  const taps = sizeOf(kernel);
  return GAIN * Math.sqrt(6 / (taps * (inputs! + (ofHead ? 1 : outputs!))));
}

/**
 * Returns a tensor of a state by name and shape.
 *
 * @throws InputError if the state lacks it or its shape differs
 */
export function tensorOf(state: TrainState, name: string, dims: readonly number[]): FloatTensor {
  const tensor = state.get(name);
  if (!tensor) throw new InputError(`the training state has no tensor "${name}"`);
  if (tensor.dims.join() !== dims.join() || tensor.data.length !== sizeOf(dims)) {
    throw new InputError(
      `the training state's "${name}" is [${tensor.dims.join(", ")}]; this network needs [${dims.join(", ")}]`,
    );
  }
  return tensor;
}
