import type { onnx } from "onnx-proto";
import { attributesOf } from "../../onnx/node-attributes.ts";
import { int64Of } from "../../onnx/tensors.ts";
import type { LinearForm, PooledValue } from "./linear-forms.ts";
import type { LocalShape } from "./local-operators.ts";
import { NotSeparable, refusalOf } from "./not-separable.ts";
import type { PooledPiece, Trunk } from "./trunk.ts";

const REDUCTIONS: Record<string, "mean" | "max"> = {
  GlobalAveragePool: "mean",
  GlobalMaxPool: "max",
  ReduceMean: "mean",
  ReduceMax: "max",
};

type Constants = ReadonlyMap<string, onnx.ITensorProto>;

/** A tensor whose bands have been reduced, but not its time. */
interface Column {
  tensor: string;
  bands: "mean" | "max";
  channels: number;
  timeAxis: number;
}

/** Follows reductions over bands and time, and numbers the channels that they pool. */
export interface Pooling {
  isPooling(opType: string): boolean;
  /** Returns true for a tensor whose bands have been reduced, but not its time. */
  isColumn(tensor: string): boolean;
  /**
   * Reduces a local tensor.
   *
   * @returns null if only bands were reduced
   * @throws NotSeparable if channels would be reduced
   */
  ofLocal(
    node: onnx.INodeProto,
    tensor: string,
    shape: LocalShape,
    constants: Constants,
  ): PooledValue | null;
  /** Reduces the time of a column. @throws NotSeparable if the node does anything else */
  overTime(node: onnx.INodeProto, constants: Constants): PooledValue;
  /** Renumbers the channels so that mean-pooled ones come first. */
  finish(
    features: readonly LinearForm[],
  ): Pick<Trunk, "pieces" | "meanChannels" | "maxChannels" | "features">;
}

export function createPooling(): Pooling {
  const pieces: PooledPiece[] = [];
  const columns = new Map<string, Column>();
  let channels = 0;

  function add(piece: PooledPiece): LinearForm[] {
    pieces.push(piece);
    const first = channels;
    channels += piece.size;
    return Array.from({ length: piece.size }, (_, i) => ({ shift: 0, terms: [[first + i, 1]] }));
  }

  return {
    isPooling: (opType) => Object.hasOwn(REDUCTIONS, opType),
    isColumn: (tensor) => columns.has(tensor),

    ofLocal(node, tensor, shape, constants) {
      const reduction = REDUCTIONS[node.opType ?? ""]!;
      const isGlobal = node.opType?.startsWith("Global");
      const axes = isGlobal ? [2, 3] : reduceAxes(node, 4, constants);
      const keep = isGlobal || attributesOf(node).int("keepdims", 1) !== 0;
      const reduced = axes.join();
      if (reduced === "2") {
        const timeAxis = keep ? 3 : 2;
        const column = { tensor, bands: reduction, channels: shape.channels, timeAxis };
        columns.set(node.output![0]!, column);
        return null;
      }
      if (reduced !== "3" && reduced !== "2,3") throw refusalOfReduction(node);
      const bands = reduced === "3" ? "keep" : reduction;
      const perChannel = bands === "keep" ? shape.bands : 1;
      const size = shape.channels * perChannel;
      const dims = reduced === "3" ? [shape.channels, shape.bands] : [shape.channels];
      const ones = keep ? Array<number>(3 - dims.length).fill(1) : [];
      return { dims: [...dims, ...ones], forms: add({ tensor, bands, time: reduction, size }) };
    },

    overTime(node, constants) {
      const column = columns.get(node.input?.[0] ?? "")!;
      const { tensor, bands, timeAxis, channels: size } = column;
      const time = REDUCTIONS[node.opType ?? ""];
      if (!time || !node.opType?.startsWith("Reduce")) throw refusalOf(node);
      const axes = reduceAxes(node, timeAxis + 1, constants);
      const rest = axes.filter((axis) => axis !== timeAxis);
      if (!axes.includes(timeAxis) || rest.some((axis) => timeAxis !== 3 || axis !== 2)) {
        throw refusalOfReduction(node);
      }
      const keep = attributesOf(node).int("keepdims", 1) !== 0;
      const ones = Array<number>(keep ? timeAxis - 1 : timeAxis - 1 - axes.length).fill(1);
      return { dims: [size, ...ones], forms: add({ tensor, bands, time, size }) };
    },

    finish(features) {
      const ordered = [
        ...pieces.filter(({ time }) => time === "mean"),
        ...pieces.filter(({ time }) => time === "max"),
      ];
      const newFirst = new Map<PooledPiece, number>();
      let next = 0;
      for (const piece of ordered) {
        newFirst.set(piece, next);
        next += piece.size;
      }
      const renumbered = pieces.flatMap((piece) =>
        Array.from({ length: piece.size }, (_, i) => newFirst.get(piece)! + i),
      );
      const meanChannels = ordered
        .filter(({ time }) => time === "mean")
        .reduce((sum, { size }) => sum + size, 0);
      return {
        pieces: ordered,
        meanChannels,
        maxChannels: channels - meanChannels,
        features: features.map(({ shift, terms }) => ({
          shift,
          terms: terms.map(([channel, weight]) => [renumbered[channel]!, weight] as const),
        })),
      };
    },
  };
}

function refusalOfReduction(node: onnx.INodeProto): NotSeparable {
  return new NotSeparable(
    "global-normalisation",
    `${node.opType} "${node.output?.[0]}" reduces channels, the batch or everything at once`,
  );
}

/**
 * Returns the axes of a reduction in rising order. Up to operator set 17 they are an attribute, later
 * an input.
 *
 * @throws NotSeparable if the graph computes them
 */
export function reduceAxes(
  node: onnx.INodeProto,
  rank: number,
  constants: ReadonlyMap<string, onnx.ITensorProto>,
): number[] {
  const name = node.input?.[1];
  const tensor = name ? constants.get(name) : undefined;
  if (name && !tensor) {
    throw new NotSeparable("unsupported-operator", `${node.opType} computes its axes`);
  }
  const listed = tensor ? int64Of(tensor) : attributesOf(node).ints("axes");
  const axes = listed.length > 0 ? listed : Array.from({ length: rank }, (_, axis) => axis);
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}
