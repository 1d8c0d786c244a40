import type { onnx } from "onnx-proto";
import { attributesOf, type NodeAttributes } from "../../onnx/node-attributes.ts";
import { dimsOf, floatsOf } from "../../onnx/tensors.ts";
import { NotSeparable } from "./not-separable.ts";
import { reachOf, type SlidingWindow, windowCount } from "./windows.ts";

/** A convolution or pooling over bands and time. */
export interface WindowedOperator {
  kind: "conv" | "max-pool" | "average-pool";
  node: onnx.INodeProto;
  time: SlidingWindow;
  bands: SlidingWindow;
}

/** Channels and frequency positions of a tensor [batch, channels, bands, time]. */
export interface LocalShape {
  channels: number;
  bands: number;
}

const KINDS: Record<string, WindowedOperator["kind"]> = {
  Conv: "conv",
  MaxPool: "max-pool",
  AveragePool: "average-pool",
};

export function isWindowed(opType: string): boolean {
  return Object.hasOwn(KINDS, opType);
}

/**
 * Reads a Conv, MaxPool or AveragePool.
 *
 * @param weightDims [outputs, inputs / group, bands, time], for a convolution
 * @throws NotSeparable if its columns depend on the track's length, or on padding alone
 */
export function readWindowed(
  node: onnx.INodeProto,
  input: LocalShape,
  weightDims: readonly number[] | null,
): { operator: WindowedOperator; output: LocalShape } {
  const kind = KINDS[node.opType ?? ""]!;
  const attributes = attributesOf(node);
  const name = `${node.opType} "${node.output?.[0]}"`;
  const kernel = weightDims ? weightDims.slice(2) : attributes.ints("kernel_shape");
  if (kernel.length !== 2) {
    throw new NotSeparable("unsupported-operator", `${name} is not over bands and time`);
  }
  if (attributes.int("ceil_mode", 0) !== 0) {
    throw new NotSeparable(
      "ceil-mode",
      `${name} rounds its length up (ceil_mode), so its last column depends on the track's length`,
    );
  }
  if ((node.output ?? []).slice(1).some((each) => each !== "")) {
    throw new NotSeparable(
      "unsupported-operator",
      `${name} also outputs the positions of its maxima`,
    );
  }
  const [bands, time] = windowsOf(name, kernel, attributes) as [SlidingWindow, SlidingWindow];
  for (const window of [bands, time]) checkWindow(name, kind, window);
  const output = {
    channels: weightDims ? weightDims[0]! : input.channels,
    bands: windowCount(bands, input.bands),
  };
  const group = attributes.int("group", 1);
  if (weightDims && weightDims[1]! * group !== input.channels) {
    throw new NotSeparable("unsupported-operator", `${name} does not fit its input's channels`);
  }
  if (output.bands < 1 || output.channels < 1) {
    throw new NotSeparable("unsupported-operator", `${name} leaves no band of ${input.bands}`);
  }
  return { operator: { kind, node, time, bands }, output };
}

function windowsOf(name: string, kernel: number[], attributes: NodeAttributes): SlidingWindow[] {
  const strides = attributes.ints("strides");
  const dilations = attributes.ints("dilations");
  const pads = attributes.ints("pads");
  const automatic = attributes.text("auto_pad", "NOTSET");
  return kernel.map((size, axis) => {
    const window: SlidingWindow = {
      kernel: size,
      stride: strides[axis] ?? 1,
      dilation: dilations[axis] ?? 1,
      padBegin: automatic === "NOTSET" ? (pads[axis] ?? 0) : 0,
      padEnd: automatic === "NOTSET" ? (pads[axis + 2] ?? 0) : 0,
    };
    return automatic.startsWith("SAME") ? samePadding(name, window, automatic) : window;
  });
}

/** Resolves "SAME" padding. With stride 1 it is the same at every length; otherwise it depends on it. */
function samePadding(name: string, window: SlidingWindow, automatic: string): SlidingWindow {
  if (window.stride !== 1) {
    throw new NotSeparable(
      "padding",
      `${name} pads by ${automatic} with a stride, so the position of its windows depends on the track's length; export it with explicit pads`,
    );
  }
  const total = reachOf(window) - 1;
  const less = Math.floor(total / 2);
  return automatic === "SAME_LOWER"
    ? { ...window, padBegin: total - less, padEnd: less }
    : { ...window, padBegin: less, padEnd: total - less };
}

function checkWindow(name: string, kind: WindowedOperator["kind"], window: SlidingWindow): void {
  const { kernel, stride, dilation, padBegin, padEnd } = window;
  if (![kernel, stride, dilation].every((n) => Number.isInteger(n) && n >= 1)) {
    throw new NotSeparable("unsupported-operator", `${name} has a kernel or stride below 1`);
  }
  if (Math.min(padBegin, padEnd) < 0 || Math.max(padBegin, padEnd) >= reachOf(window)) {
    throw new NotSeparable("padding", `${name} pads so much that a window sees padding alone`);
  }
  if (kind !== "conv" && (Math.max(padBegin, padEnd) >= kernel || stride > kernel)) {
    throw new NotSeparable("padding", `${name} has padding or a stride beyond its kernel`);
  }
}

/** Functions of one number; any other inputs are constants. */
const UNARY = new Set(
  (
    "Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Mish " +
    "Erf Exp Log Sqrt Abs Neg Reciprocal Clip ThresholdedRelu Identity Dropout"
  ).split(" "),
);

/** Functions of several numbers at one position; any of them may be constants. */
const BROADCAST = new Set("Add Sub Mul Div Pow Min Max PRelu Sum Mean".split(" "));

export function isPointwise(opType: string): boolean {
  return UNARY.has(opType) || BROADCAST.has(opType) || opType === "BatchNormalization";
}

/** Returns true if constants are broadcast: their dimensions align at the right. */
export function takesBroadcast(opType: string): boolean {
  return BROADCAST.has(opType);
}

/**
 * Checks that each output column depends only on the same input column, and returns the output's shape.
 *
 * @param inputs a shape for each variable input, a tensor for each constant, null for omitted ones
 * @throws NotSeparable if a constant varies in time or the operator is in training mode
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
    throw new NotSeparable("unsupported-operator", `${name} has only constant inputs`);
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

/** Returns the shape of a constant that is broadcast with [batch, channels, bands, time]. */
function constantShape(name: string, tensor: onnx.ITensorProto): LocalShape {
  const dims = dimsOf(tensor);
  const [batch, channels, bands, time] = [...Array(Math.max(0, 4 - dims.length)).fill(1), ...dims];
  if (dims.length > 4 || batch !== 1) {
    throw new NotSeparable("unsupported-operator", `${name} has a constant of another rank`);
  }
  if (time !== 1) {
    throw new NotSeparable(
      "varies-in-time",
      `${name} has a constant that varies in time, so its columns differ`,
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
  throw new NotSeparable("unsupported-operator", `${name} has inputs of incompatible shapes`);
}

function flagOf(tensor: onnx.ITensorProto): boolean {
  return [...(tensor.rawData ?? []), ...(tensor.int32Data ?? [])].some((each) => each !== 0);
}

function training(name: string): NotSeparable {
  return new NotSeparable(
    "training-mode",
    `${name} is in training mode and depends on the whole batch; export the model for inference`,
  );
}
