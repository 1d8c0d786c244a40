import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sigmoid } from "../explanation/exponential.ts";
import { allMasks, kept } from "../explanation/mask.ts";
import { binomials, tallyMasks } from "../explanation/mask-statistics.ts";
import { shapleyValues } from "../explanation/shapley.ts";
import { type FoldedTable, logitOfMask } from "../what-if/response-table.ts";
import { NotEnumerable } from "./audible-components.ts";
import { combineParts, enumerate } from "./enumerate.ts";
import { createEnumeration, type PartStatistics } from "./enumeration.ts";
import { compileEnumeration } from "./module.ts";
import { randomTable, smallShapes, type TableShape } from "./random-table.fixture.ts";

const module = compileEnumeration(readFileSync(new URL("./enumerate.wasm", import.meta.url)));

/** Float32 sums of up to eight channels. */
const LOGIT_TOLERANCE = 4e-6;

function plainLoop(table: FoldedTable) {
  const masks = allMasks(table.segments * table.sources);
  return tallyMasks(
    masks,
    masks.map((mask) => logitOfMask(table, mask)),
  );
}

function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number) {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
  });
}

describe("createEnumeration", () => {
  it("needs a small part of a Worker's 128 MB for the most components", () => {
    const shape = { segments: 5, sources: 5, channels: 64, positive: 30, span: 2, silent: [] };
    const { memoryBytes } = createEnumeration(module, randomTable({ ...shape, seed: 1 }));
    expect(memoryBytes).toBeLessThan(16 * 2 ** 20);
  });
});

describe("enumerate", () => {
  it("equals the statistics of a plain loop over all masks", () => {
    fc.assert(
      fc.property(smallShapes, (shape) => {
        const table = randomTable(shape);
        const exact = enumerate(module, table);
        const plain = plainLoop(table);
        const tolerance = LOGIT_TOLERANCE * Math.max(...binomials(exact.components));
        expect(exact.components).toBe(plain.components);
        expect(Math.abs(exact.origin - plain.origin)).toBeLessThan(LOGIT_TOLERANCE);
        expectClose(exact.riseSum, plain.riseSum, tolerance);
        expectClose(exact.riseSquareSum, plain.riseSquareSum, tolerance);
        expectClose(exact.riseSumOn, plain.riseSumOn, tolerance);
        for (const bound of ["lowest", "highest"] as const) {
          exact[bound].forEach(({ logit, mask }, size) => {
            expect(kept(mask)).toBe(size);
            expect(Math.abs(logit - plain[bound][size]!.logit)).toBeLessThan(LOGIT_TOLERANCE);
            expect(Math.abs(logit - logitOfMask(table, mask))).toBeLessThan(LOGIT_TOLERANCE);
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  it("has no difference at the whole track", () => {
    fc.assert(
      fc.property(smallShapes, (shape) => {
        const { components, riseSum, origin, highest } = enumerate(module, randomTable(shape));
        expect(riseSum[components]).toBe(0);
        expect(origin).toBe(sigmoid(highest[components]!.logit));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["wide rows", { segments: 5, sources: 3, span: 2 }],
    ["three segments at once", { segments: 5, sources: 3, span: 3 }],
    ["all segments at once", { segments: 4, sources: 4, span: 4 }],
    ["sources alone", { segments: 1, sources: 8, span: 1 }],
    ["segments alone", { segments: 8, sources: 1, span: 2 }],
    ["independent segments", { segments: 4, sources: 4, span: 1 }],
  ])("reaches every mask: %s", (_, shape) => {
    const table = randomTable({ ...shape, channels: 9, positive: 5, silent: [], seed: 7 });
    const bits = shape.segments * shape.sources;
    const sums = new Float64Array(bits + 1);
    const { origin, riseSum } = enumerate(module, table);
    for (let number = 0; number < 2 ** bits; number++) {
      const mask = Uint8Array.from({ length: bits }, (_, i) => (number >> i) & 1);
      sums[kept(mask)]! += sigmoid(logitOfMask(table, mask)) - origin;
    }
    expectClose(riseSum, sums, 1e-6 * Math.max(...binomials(bits)));
  });

  it("counts all 2^25 masks of 25 components", () => {
    const shape = { segments: 5, sources: 5, span: 2, channels: 1, positive: 0 };
    const table = randomTable({ ...shape, silent: [], seed: 1 });
    table.maxima.fill(0.25);
    // Each component adds 1/8 in the group of its segment: the logit depends on the size alone.
    table.groups.forEach(({ components, firstRow }) => {
      for (let row = 0; row < 2 ** components.length; row++) {
        const ones = row.toString(2).replaceAll("0", "").length;
        table.scalars[firstRow + row] = components.length === 5 ? ones / 8 : 0;
      }
    });
    const statistics = enumerate(module, { ...table, bias: -1 });
    const logit = (size: number) => -1.25 + size / 8;
    expect(statistics.origin).toBe(sigmoid(logit(25)));
    binomials(25).forEach((masks, size) => {
      const rise = sigmoid(logit(size)) - sigmoid(logit(25));
      expect(statistics.riseSum[size]).toBeCloseTo(masks * rise, 6);
      expect(statistics.riseSquareSum[size]).toBeCloseTo(masks * rise * rise, 6);
      for (let i = 0; i < 25; i++) {
        const share = (masks * size) / 25;
        expect(statistics.riseSumOn[size * 25 + i]).toBeCloseTo(share * rise, 6);
      }
      // All are as low and as high; the smallest number has the lowest bits.
      const smallest = Uint8Array.from({ length: 25 }, (_, i) => (i < size ? 1 : 0));
      expect(statistics.lowest[size]).toEqual({ logit: logit(size), mask: smallest });
      expect(statistics.highest[size]).toEqual({ logit: logit(size), mask: smallest });
    });
  });

  it("breaks ties by the smallest mask number, including silent components", () => {
    const shape = { segments: 3, sources: 3, span: 2, channels: 2, positive: 1, silent: [0, 4] };
    const table = randomTable({ ...shape, seed: 3 });
    table.scalars.fill(0);
    table.maxima.fill(0);
    const { lowest, highest } = enumerate(module, table);
    for (let size = 0; size <= 9; size++) {
      const smallest = Uint8Array.from({ length: 9 }, (_, i) => (i < size ? 1 : 0));
      expect(lowest[size]!.mask).toEqual(smallest);
      expect(highest[size]!.mask).toEqual(smallest);
    }
  });

  it("returns the same bits in any order of parts and on any instance", () => {
    const shape = { segments: 5, sources: 3, span: 2, channels: 5, positive: 2, silent: [7] };
    const table = randomTable({ ...shape, seed: 11 });
    const first = createEnumeration(module, table);
    const second = createEnumeration(module, table);
    expect(first.parts).toBeGreaterThan(1);
    const results: PartStatistics[] = [];
    for (let part = first.parts - 1; part >= 0; part--) {
      results[part] = (part % 3 === 0 ? second : first).run(part);
    }
    expect(combineParts(15, first, results)).toEqual(enumerate(module, table));
  });

  it("reports progress", () => {
    const heard: number[] = [];
    const shape = { segments: 4, sources: 3, span: 2, channels: 1, positive: 1, silent: [] };
    enumerate(module, randomTable({ ...shape, seed: 2 }), {
      onPart: (done, parts) => heard.push(done / parts),
    });
    expect(heard.at(-1)).toBe(1);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
  });

  it("saturates for extreme logits", () => {
    const shape = { segments: 2, sources: 2, span: 1, channels: 0, positive: 0, silent: [] };
    const table = randomTable({ ...shape, seed: 5 });
    table.scalars.fill(1e30);
    expect(enumerate(module, table).origin).toBe(1);
  });
});

describe("tables that cannot be enumerated", () => {
  const shape: TableShape = {
    ...{ segments: 2, sources: 2, span: 2, channels: 2, positive: 1, silent: [], seed: 9 },
  };

  it("rejects more than 25 audible components, but not silent ones", () => {
    const wide = { ...shape, segments: 4, sources: 7, span: 1, channels: 0, positive: 0 };
    expect(() => enumerate(module, randomTable(wide))).toThrow(NotEnumerable);
    const silent = Array.from({ length: 16 }, (_, i) => i);
    expect(enumerate(module, randomTable({ ...wide, silent })).components).toBe(28);
  });

  it("returns constant statistics for a table of silent components", () => {
    const silent = [0, 1, 2, 3];
    const { origin, riseSum, lowest } = enumerate(module, randomTable({ ...shape, silent }));
    expect([...riseSum]).toEqual([0, 0, 0, 0, 0]);
    expect(sigmoid(lowest[0]!.logit)).toBe(origin);
  });

  it.each([
    ["a scalar that is no number", { scalars: (values: Float32Array) => values.fill(NaN, 3, 4) }],
    ["an infinite maximum", { maxima: (values: Float32Array) => values.fill(Infinity, 0, 1) }],
    ["too few maxima", { maxima: (values: Float32Array) => values.subarray(1) }],
  ])("rejects %s", (_, spoil) => {
    const table = randomTable(shape);
    const spoilt = {
      ...table,
      ...("scalars" in spoil && { scalars: spoil.scalars(table.scalars) }),
      ...("maxima" in spoil && { maxima: spoil.maxima(table.maxima) }),
    };
    expect(() => enumerate(module, spoilt)).toThrow(RangeError);
  });

  it("rejects groups out of order or range, and tables without groups", () => {
    const table = randomTable(shape);
    const withGroup = (components: number[]) => ({
      ...table,
      groups: [{ ...table.groups[0]!, components }],
    });
    expect(() => enumerate(module, withGroup([1, 0]))).toThrow(RangeError);
    expect(() => enumerate(module, withGroup([1, 4]))).toThrow(RangeError);
    const none = { groups: [], scalars: new Float32Array(), maxima: new Float32Array() };
    expect(() => enumerate(module, { ...table, ...none })).toThrow(RangeError);
    expect(() => enumerate(module, { ...table, positive: 3 })).toThrow(RangeError);
  });
});

it("gives silent components of a table a Shapley value of exactly 0", () => {
  const shape = { segments: 3, sources: 4, channels: 5, positive: 3, span: 2, seed: 4 };
  const silent = [2, 7, 9];
  const values = shapleyValues(enumerate(module, randomTable({ ...shape, silent })));
  expect(silent.map((i) => values[i])).toEqual([0, 0, 0]);
  expect([...values].filter((value) => value === 0)).toHaveLength(silent.length);
});
