import type { onnx } from "onnx-proto";
import { attributesOf, type NodeAttributes } from "../onnx/node-attributes.ts";
import { NotSeparable } from "./not-separable.ts";
import { reachOf, type SlidingWindow, windowCount } from "./time-window.ts";

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

/** @param opType of ONNX */
export function isWindowed(opType: string): boolean {
  return Object.hasOwn(KINDS, opType);
}

/**
 * Reads a Conv, MaxPool or AveragePool.
 *
 * @param weightDims [outputs, inputs / group, bands, time], for a convolution
 * @throws NotSeparable where its columns depend on the length of the track or on nothing
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
    throw new NotSeparable("unsupported-operator", `${name} also gives the places of its maxima`);
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

/** With stride 1, "SAME" is the same padding at every length; else it depends on the length. */
function samePadding(name: string, window: SlidingWindow, automatic: string): SlidingWindow {
  if (window.stride !== 1) {
    throw new NotSeparable(
      "padding",
      `${name} pads by ${automatic} with a stride, so where its windows lie depends on the track's length; export it with explicit pads`,
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
    throw new NotSeparable("padding", `${name} pads so far that a window sees padding alone`);
  }
  if (kind !== "conv" && (Math.max(padBegin, padEnd) >= kernel || stride > kernel)) {
    throw new NotSeparable("padding", `${name} has padding or a stride beyond its kernel`);
  }
}
