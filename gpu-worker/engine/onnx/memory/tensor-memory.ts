import type { onnx } from "onnx-proto";
import { InputError } from "../../input-error.ts";
import type { OnnxModel } from "../read-onnx.ts";
import { sizeOf } from "../tensors.ts";
import { knownValues } from "./known-values.ts";
import {
  elementBytes,
  FLOAT,
  factsOfTensor,
  isShape,
  type Operation,
  operationOf,
  type TensorFacts,
} from "./operation.ts";
import { SHAPE_RULES } from "./shape-rules.ts";

/** Limit of the bytes of all tensors that one item of a batch needs, besides the weights. */
export const MAX_TENSOR_BYTES = 1536 * 1024 * 1024;

/** The parts of a model that decide how much memory it needs. */
export type TensorGraph = Pick<OnnxModel, "input" | "nodes" | "initializers">;

/** The tensors of one forward pass. */
export interface TensorMemory {
  /**
   * Bytes of all computed tensors, and of the largest workspace of an operator. Nothing is freed in
   * between, because onnxruntime chooses the order of operators and keeps what it has folded.
   */
  bytes: number;
  /** Every tensor by name, inputs and weights included. */
  tensors: ReadonlyMap<string, TensorFacts>;
}

/**
 * Prepares a graph to find out the memory of a forward pass before it runs. Keeps no weights.
 *
 * The returned function takes the input's dimensions, [batch, ...], and throws InputError if the tensors
 * exceed the limit, the shape of one depends on data, or one comes from an operator whose output can't be
 * foreseen.
 *
 * @throws InputError if a weight doesn't have the size that its shape needs, or the graph has a cycle
 */
export function createMemoryCheck({
  input,
  nodes,
  initializers,
}: TensorGraph): (dims: readonly number[]) => TensorMemory {
  const order = sorted(nodes, new Set([input.name ?? "", ...initializers.keys()]));
  const weights = new Map<string, TensorFacts>();
  for (const [name, tensor] of initializers) weights.set(name, factsOfTensor(tensor));
  return (dims) => {
    const limit = MAX_TENSOR_BYTES * Math.max(1, dims[0] ?? 1);
    const tensors = new Map(weights).set(input.name ?? "", { dims, type: FLOAT, values: null });
    let computed = 0;
    let largestWorkspace = 0;
    for (const node of order) {
      const op = operationOf(
        node,
        (node.input ?? []).map((name) => (name === "" ? null : tensors.get(name)!)),
      );
      const { outputs, workspace = 0 } = ruleOf(op)(op);
      largestWorkspace = Math.max(largestWorkspace, workspace);
      (node.output ?? []).forEach((name, i) => {
        if (name === "") return;
        const facts = outputs[i];
        if (!facts) throw op.fault(`has an output "${name}" that isn't supported`);
        computed += bytesOf(op, facts);
        tensors.set(name, { ...facts, values: facts.values ?? knownValues(op, facts) });
      });
      if (!(computed + largestWorkspace <= limit)) throw tooLarge(op, outputs[0]!, limit);
    }
    return { bytes: computed + largestWorkspace, tensors };
  };
}

function ruleOf(op: Operation) {
  const rule = SHAPE_RULES.get(op.opType);
  if (rule) return rule;
  throw op.fault(
    "is an operator that isn't supported, because the size of its output can't be foreseen; export the model without it",
  );
}

function bytesOf(op: Operation, { dims, type }: TensorFacts): number {
  if (!isShape(dims)) throw op.fault(`would have an output of shape [${dims.join(", ")}]`);
  const width = elementBytes(type);
  if (width === undefined) throw op.fault("has an output of an unsupported element type");
  return width * sizeOf(dims);
}

function tooLarge(op: Operation, { dims }: TensorFacts, limit: number): InputError {
  return op.fault(
    `has an output of shape [${dims.join(", ")}], with which the model's tensors exceed ${limit / 2 ** 30} GiB; use a smaller model`,
  );
}

/**
 * Sorts nodes so that each comes after those that it reads.
 *
 * @param given names of the inputs and weights
 * @throws InputError for a cycle, and for a tensor that is computed twice or never
 */
function sorted(
  nodes: readonly onnx.INodeProto[],
  given: ReadonlySet<string>,
): readonly onnx.INodeProto[] {
  const computed = new Set<string>();
  const readers = new Map<string, onnx.INodeProto[]>();
  const missing = new Map<onnx.INodeProto, number>();
  for (const node of nodes) {
    for (const name of node.output ?? []) {
      if (name === "") continue;
      if (computed.has(name) || given.has(name)) {
        throw new InputError(`the model computes its tensor "${name}" twice`);
      }
      computed.add(name);
    }
    const read = (node.input ?? []).filter((name) => name !== "" && !given.has(name));
    missing.set(node, read.length);
    for (const name of read) {
      const others = readers.get(name);
      if (others) others.push(node);
      else readers.set(name, [node]);
    }
  }
  const order = nodes.filter((node) => missing.get(node) === 0);
  for (const node of order) {
    for (const reader of (node.output ?? []).flatMap((name) => readers.get(name) ?? [])) {
      const left = missing.get(reader)! - 1;
      missing.set(reader, left);
      if (left === 0) order.push(reader);
    }
  }
  if (order.length === nodes.length) return order;
  const stuck = nodes.find((node) => missing.get(node)! > 0)!;
  const name = stuck.input!.find((each) => each !== "" && !given.has(each))!;
  throw new InputError(
    `the model never computes its tensor "${name}", or its graph has a cycle there`,
  );
}
