import { describe, expect, it } from "vitest";
import { gatesOfTable } from "./count-masks.ts";

const table = { segments: 2, sources: 3 };

describe("gatesOfTable", () => {
  it("keeps a selection of the same size", () => {
    const gates = Uint8Array.of(1, 0, 1, 0, 0, 1);
    expect([...gatesOfTable(gates, table, table)]).toEqual([...gates]);
  });

  it("spreads sources over all segments, and segments over all sources", () => {
    const bySource = Uint8Array.of(1, 0, 1);
    expect([...gatesOfTable(bySource, { segments: 1, sources: 3 }, table)]).toEqual([
      ...[1, 0, 1],
      ...[1, 0, 1],
    ]);
    const byTime = Uint8Array.of(0, 1);
    expect([...gatesOfTable(byTime, { segments: 2, sources: 1 }, table)]).toEqual([
      ...[0, 0, 0],
      ...[1, 1, 1],
    ]);
  });

  it("rejects a table of another size", () => {
    expect(() => gatesOfTable(new Uint8Array(12), { segments: 4, sources: 3 }, table)).toThrow(
      "A table of 2 x 3 parts can't score 4 x 3 parts",
    );
  });
});
