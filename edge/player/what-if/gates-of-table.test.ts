import { describe, expect, it } from "vitest";
import { gatesOfTable } from "./gates-of-table.ts";

const table = { segments: 2, sources: 3 };

describe("gatesOfTable", () => {
  it("takes a selection of the table's own cut as it is", () => {
    const gates = Uint8Array.of(1, 0, 1, 0, 0, 1);
    expect([...gatesOfTable(gates, table, table)]).toEqual([...gates]);
  });

  it("opens whole rows where no time is cut, whole columns where no source is known", () => {
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

  it("refuses a table that is cut otherwise", () => {
    expect(() => gatesOfTable(new Uint8Array(12), { segments: 4, sources: 3 }, table)).toThrow(
      "a table of 2 x 3 does not answer for 4 x 3 parts",
    );
  });
});
