import { describe, expect, it } from "vitest";
import { type Priced, priceSeconds } from "./price.ts";

const DEFAULTS: Priced = {
  type: "time+source",
  neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
  segments: 5,
  sources: 5,
  table: "to-build",
};
const price = (change: Partial<Priced>) => priceSeconds({ ...DEFAULTS, ...change });
const sampled = (samples: number) =>
  ({ neighbourhood: { kind: "sampled", samples, seed: 0 } }) as const;

describe("priceSeconds", () => {
  it("includes a table's forward passes only if the table must be built", () => {
    // 32 + 4 x 1024 x 0.007 = 60.672 passes.
    expect(price({})).toBeCloseTo(4 + 0.15 * 60.672 + 0.5 + 2, 10);
    expect(price({ table: "there" })).toBe(2.5);
    expect(price({ segments: 1 })).toBeCloseTo(4 + 0.15 * 32 + 2.5, 10);
    // The cheaper tables of one type.
    expect(price({ type: "source" })).toBeCloseTo(price({ segments: 1 }), 10);
    expect(price({ type: "time" })).toBeCloseTo(4 + 0.15 * 2.112 + 2.5, 10);
  });

  it("includes each distinct sampled mask once", () => {
    expect(price({ ...sampled(8192) })).toBeCloseTo(6 + 0.15 * 8192, 10);
    expect(price({ ...sampled(8192), type: "source" })).toBeCloseTo(6 + 0.15 * 32, 10);
    expect(price({ ...sampled(2), type: "time" })).toBeCloseTo(6.3, 10);
    expect(price({ table: "impossible" })).toBeCloseTo(6 + 0.15 * 256, 10);
  });

  it("includes table and samples if there are too many masks to enumerate", () => {
    const eight = price({ segments: 8 });
    const table = 4 + 0.15 * (32 + 7 * 1024 * 0.007);
    expect(eight).toBeCloseTo(2 + table + 4 + 0.15 * 256, 10);
  });

  it("never falls with more segments, sources or samples", () => {
    for (let n = 1; n < 8; n++) {
      expect(price({ segments: n + 1 })).toBeGreaterThan(price({ segments: n }));
      expect(price({ sources: n + 1 })).toBeGreaterThan(price({ sources: n }));
      expect(price({ ...sampled(n + 2) })).toBeGreaterThan(price({ ...sampled(n + 1) }));
    }
  });
});
