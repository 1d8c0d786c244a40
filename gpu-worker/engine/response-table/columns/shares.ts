import type { Tensor } from "../../runtime/runtime.ts";
import type { TrunkBlock } from "./blocks.ts";
import type { Share } from "./interval-chain.ts";
import { bitsOf, type Components, intervalKey, type SegmentInterval } from "./intervals.ts";
import { shareRowBytes } from "./table-cost.ts";

/** A sum of shares. A row is a combination of the interval without its last (or first) segment. */
export interface Addend {
  block: number;
  side: "low" | "high";
  /** [rows, channels, columns, bands] */
  rows: Tensor;
}

/** Keeps shares from the interval that computes them to the interval that needs them. */
export interface ShareStore {
  /** Allocates a share for all combinations: [rows, channels, columns, bands]. */
  allocate(share: Share): Tensor;
  /** Adds up the shares of an interval and drops them. */
  take(interval: SegmentInterval, incoming: readonly Share[]): Addend[];
}

export function createShareStore(
  blocks: readonly TrunkBlock[],
  components: Components,
): ShareStore {
  const kept = new Map<string, Tensor>();

  function sumOf(interval: SegmentInterval, share: Share, others: readonly Share[]): Tensor {
    const domain =
      share.side === "low"
        ? { first: interval.first, last: interval.last - 1 }
        : { first: interval.first + 1, last: interval.last };
    const only = others.length === 1 && intervalKey(share.from) === intervalKey(domain);
    if (only) return kept.get(keyOf(share))!;
    const rowSize = shareRowBytes(share, blocks) / 4;
    const rows = 2 ** bitsOf(components, domain);
    const data = new Float32Array(rows * rowSize);
    for (const other of others) {
      const source = kept.get(keyOf(other))!.data;
      const shift = bitsOf(components, { first: domain.first, last: other.from.first - 1 });
      const mask = 2 ** bitsOf(components, other.from) - 1;
      for (let row = 0; row < rows; row++) {
        const from = ((row >> shift) & mask) * rowSize;
        const to = row * rowSize;
        for (let i = 0; i < rowSize; i++) data[to + i]! += source[from + i]!;
      }
    }
    const [, ...dims] = kept.get(keyOf(share))!.dims;
    return { data, dims: [rows, ...dims] };
  }

  return {
    allocate(share) {
      const { channels, bands } = blocks[share.level]!.convolution.shape;
      const rows = 2 ** bitsOf(components, share.from);
      const dims = [rows, channels, share.convolved, bands];
      const floats = { data: new Float32Array(dims.reduce((a, b) => a * b)), dims };
      kept.set(keyOf(share), floats);
      return floats;
    },
    take(interval, incoming) {
      const addends: Addend[] = [];
      for (const share of incoming) {
        const { level: block, side } = share;
        if (addends.some((each) => each.block === block && each.side === side)) continue;
        const others = incoming.filter((each) => each.level === block && each.side === side);
        addends.push({ block, side, rows: sumOf(interval, share, others) });
      }
      for (const share of incoming) kept.delete(keyOf(share));
      return addends;
    },
  };
}

function keyOf({ from, to, level }: Share): string {
  return `${intervalKey(from)}>${intervalKey(to)}@${level}`;
}
