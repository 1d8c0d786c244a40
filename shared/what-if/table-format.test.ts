import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FoldedTable,
  foldTable,
  logitOfMask,
  type ResponseTable,
  type TableGroup,
} from "./response-table.ts";
import {
  decodeFoldedTable,
  decodeTable,
  decodeUnfoldedTable,
  encodeTable,
  TableFormatError,
} from "./table-format.ts";

const groups: TableGroup[] = [
  { components: [0, 1], columns: 3, firstRow: 0 },
  { components: [0, 1, 3], columns: 2, firstRow: 4 },
  { components: [3], columns: 4, firstRow: 12 },
];
const ROWS = 14;

function ramp(length: number, step: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * step) % 7) - 3);
}

const unfolded: ResponseTable = {
  segments: 2,
  sources: 2,
  columns: 9,
  meanChannels: 3,
  maxChannels: 4,
  features: [
    { shift: 0.5, terms: [[0, 1]] },
    {
      shift: 0,
      terms: [
        [1, 2],
        [3, -1],
      ],
    },
    { shift: 0, terms: [[2, 1]] },
    { shift: 0, terms: [[4, 1]] },
    { shift: -1, terms: [[5, 0.5]] },
    { shift: 0, terms: [[6, 1]] },
  ],
  groups,
  sums: ramp(ROWS * 3, 1.37),
  maxima: ramp(ROWS * 4, 2.11),
};
const head = { weights: [0.3, -0.7, 1.1, -0.2, 0, 0.9], bias: 0.25 };
const folded = foldTable(unfolded, head);

/** Features one by one, and the head on them. */
function logitFromFeatures(table: ResponseTable, gates: Uint8Array): number {
  const rows = table.groups.map(({ components, firstRow }) =>
    components.reduce((row, component, bit) => row + (gates[component]! << bit), firstRow),
  );
  const pooled: number[] = [];
  for (let channel = 0; channel < table.meanChannels; channel++) {
    const sum = rows.reduce((total, row) => total + table.sums[row * 3 + channel]!, 0);
    pooled.push(sum / table.columns);
  }
  for (let channel = 0; channel < table.maxChannels; channel++) {
    pooled.push(Math.max(...rows.map((row) => table.maxima[row * 4 + channel]!)));
  }
  return table.features.reduce((logit, { shift, terms }, feature) => {
    const value = terms.reduce((sum, [channel, weight]) => sum + weight * pooled[channel]!, shift);
    return logit + head.weights[feature]! * value;
  }, head.bias);
}

describe("foldTable and logitOfMask", () => {
  it("equal the head on features, for every mask", () => {
    for (let mask = 0; mask < 16; mask++) {
      const gates = Uint8Array.from({ length: 4 }, (_, bit) => (mask >> bit) & 1);
      expect(logitOfMask(folded, gates)).toBeCloseTo(logitFromFeatures(unfolded, gates), 5);
    }
  });

  it("omit channels without weight and put positive ones first", () => {
    expect(folded.channels).toBe(3);
    // Weights of the max channels: 0.7 (-0.7 x -1), -0.2, 0, 0.9.
    expect(folded.positive).toBe(2);
  });

  it("ignore components that are in no group", () => {
    const silent = Uint8Array.of(1, 0, 0, 1);
    const sounding = Uint8Array.of(1, 0, 1, 1);
    expect(logitOfMask(folded, sounding)).toBe(logitOfMask(folded, silent));
  });

  it("reject heads and masks of another size", () => {
    expect(() => foldTable(unfolded, { weights: [1], bias: 0 })).toThrow(RangeError);
    expect(() => logitOfMask(folded, new Uint8Array(5))).toThrow(RangeError);
  });
});

describe("encodeTable and decodeTable", () => {
  it("preserve both kinds to the last bit", () => {
    expect(decodeTable(encodeTable(unfolded))).toEqual(unfolded);
    expect(decodeTable(encodeTable(folded))).toEqual(folded);
  });

  it("read a table at any offset in a buffer", () => {
    const bytes = encodeTable(folded);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeFoldedTable(shifted.subarray(3))).toEqual(folded);
  });

  it("align little-endian numbers to 16 bytes", () => {
    const bytes = encodeTable(folded);
    const view = new DataView(bytes.buffer);
    expect(String.fromCharCode(...bytes.subarray(0, 8))).toBe("LEMONSRT");
    expect(view.getUint32(8, true)).toBe(1);
    const start = 16 + view.getUint32(12, true);
    expect(start % 16).toBe(0);
    expect(view.getFloat32(start, true)).toBe(folded.scalars[0]);
    // 14 scalars are 56 bytes, so the maxima start 64 bytes on.
    expect(view.getFloat32(start + 64, true)).toBe(folded.maxima[0]);
  });

  it("distinguish the kinds", () => {
    expect(() => decodeFoldedTable(encodeTable(unfolded))).toThrow(TableFormatError);
    expect(() => decodeUnfoldedTable(encodeTable(folded))).toThrow(TableFormatError);
  });

  it.each<[string, Partial<FoldedTable>]>([
    ["components out of order", { groups: [{ components: [1, 0], columns: 1, firstRow: 0 }] }],
    ["components out of range", { groups: [{ components: [4], columns: 1, firstRow: 0 }] }],
    ["too many components", { groups: [{ components: range(21), columns: 1, firstRow: 0 }] }],
    ["no groups", { groups: [] }],
    ["too many segments", { segments: 9 }],
    ["more signs than channels", { positive: 4 }],
    ["another number of channels", { channels: 4 }],
    ["a bias that is no number", { bias: Number.NaN }],
    ["values that are no numbers", { scalars: folded.scalars.map(() => Number.NaN) }],
  ])("reject %s", (_name, change) => {
    expect(() => decodeTable(encodeTable({ ...folded, ...change }))).toThrow(TableFormatError);
  });

  it("reject features of unknown channels", () => {
    const features = [{ shift: 0, terms: [[7, 1]] as const }];
    const bytes = encodeTable({ ...unfolded, features });
    expect(() => decodeTable(bytes)).toThrow(/channel/);
  });

  it("reject other versions, truncated files and garbage, always with TableFormatError", () => {
    const bytes = encodeTable(folded);
    const newer = bytes.slice();
    newer[8] = 2;
    expect(() => decodeTable(newer)).toThrow(/version 2/);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeTable(bytes.slice(0, length))).toThrow(TableFormatError);
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.uint8Array(), (at, value, garbage) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        for (const candidate of [damaged, garbage]) {
          try {
            decodeTable(candidate);
          } catch (error) {
            expect(error).toBeInstanceOf(TableFormatError);
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
