import type { onnx } from "onnx-proto";
import { attributesOf } from "../onnx/node-attributes.ts";
import { dimsOf, floatsOf } from "../onnx/tensors.ts";
import { NotSeparable } from "./not-separable.ts";
import type { LocalShape } from "./windowed-operator.ts";

/** Functions of one number, with constants at most beside it. */
const UNARY = new Set(
  (
    "Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Mish " +
    "Erf Exp Log Sqrt Abs Neg Reciprocal Clip ThresholdedRelu Identity Dropout"
  ).split(" "),
);

/** Functions of several numbers at one place, any of which may be constants. */
const BROADCAST = new Set("Add Sub Mul Div Pow Min Max PRelu Sum Mean".split(" "));

/** @param opType of ONNX */
export function isPointwise(opType: string): boolean {
  return UNARY.has(opType) || BROADCAST.has(opType) || opType === "BatchNormalization";
}

/** Whether constants beside [batch, channels, bands, time] line up with it at the right. */
export function takesBroadcast(opType: string): boolean {
  return BROADCAST.has(opType);
}

/**
 * Checks that an operator gives each column from that column alone, and gives its output's shape.
 *
 * @param inputs a shape for each input that varies, a tensor for each constant, null where omitted
 * @throws NotSeparable where a constant varies in time or the operator would train
 */
export function pointwiseShape(
  node: onnx.INodeProto,
  inputs: readonly (LocalShape | onnx.ITensorProto | null)[],
): LocalShape {
  const name = `${node.opType} "${node.output?.[0]}"`;
  const [first] = inputs;
  if (node.opType === "BatchNormalization") {
    if (attributesOf(node).int("training_mode", 0) !== 0) throw training(name);
  } else if (node.opType === "Dropout") {
    const flag = inputs[2];
    if (flag && !isLocal(flag) && flagOf(flag)) throw training(name);
  }
  if ((node.output ?? []).slice(1).some((each) => each !== "")) {
    throw new NotSeparable("unsupported-operator", `${name} has more than one output`);
  }
  if (!BROADCAST.has(node.opType ?? "")) {
    if (first && isLocal(first)) return first;
    throw new NotSeparable("unsupported-operator", `${name} has no input that varies`);
  }
  let channels = 1;
  let bands = 1;
  for (const input of inputs) {
    if (!input) continue;
    const shape = isLocal(input) ? input : constantShape(name, input);
    channels = broadcast(name, channels, shape.channels);
    bands = broadcast(name, bands, shape.bands);
  }
  return { channels, bands };
}

function isLocal(input: LocalShape | onnx.ITensorProto): input is LocalShape {
  return "channels" in input;
}

/** A constant beside [batch, channels, bands, time]: its dimensions line up at the right. */
function constantShape(name: string, tensor: onnx.ITensorProto): LocalShape {
  const dims = dimsOf(tensor);
  const [batch, channels, bands, time] = [...Array(Math.max(0, 4 - dims.length)).fill(1), ...dims];
  if (dims.length > 4 || batch !== 1) {
    throw new NotSeparable("unsupported-operator", `${name} has a constant of another rank`);
  }
  if (time !== 1) {
    throw new NotSeparable(
      "varies-in-time",
      `${name} has a constant that varies in time, so columns are not alike`,
    );
  }
  if (!floatsOf(tensor)) {
    throw new NotSeparable("unsupported-operator", `${name} has a constant that is not float32`);
  }
  return { channels, bands };
}

function broadcast(name: string, a: number, b: number): number {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  throw new NotSeparable("unsupported-operator", `${name} has inputs that do not fit each other`);
}

function flagOf(tensor: onnx.ITensorProto): boolean {
  return [...(tensor.rawData ?? []), ...(tensor.int32Data ?? [])].some((each) => each !== 0);
}

function training(name: string): NotSeparable {
  return new NotSeparable(
    "training-mode",
    `${name} is in training mode, where it looks at the whole batch; export the model for inference`,
  );
}
