import type { FaithfulnessSummary } from "@lemons/shared/contract/faithfulness";
import { describe, expect, it } from "vitest";
import { areaPlot, pointingPlot } from "./faithfulness-plots.ts";

const row: FaithfulnessSummary = {
  model: "planted",
  type: "source",
  separator: "stems",
  method: "lime",
  cases: 10,
  hits: 8,
  accuracy: 0.8,
  interval: { low: 0.6, high: 1 },
  chance: 0.2,
  deletion: 0.25,
  insertion: 0.75,
  randomDeletion: 0.5,
  randomInsertion: 0.6,
  correlation: null,
  allCases: 20,
  allAccuracy: 0.7,
};
const summary: FaithfulnessSummary[] = [
  row,
  { ...row, method: "shapley" },
  { ...row, type: "time", separator: null },
  { ...row, model: "random-network", accuracy: 0.2 },
  { ...row, type: "time+source", cases: 0, accuracy: null, interval: null },
];

describe("pointingPlot", () => {
  it("draws a panel per question with cases, and describes the numbers", async () => {
    const svg = await pointingPlot({ summary });
    expect(svg).toContain("source, true stems, planted listener, LIME weight: 80 %");
    expect(svg).toContain(">source, true stems<");
    expect(svg).toContain(">time<");
    expect(svg).not.toContain(">time+source");
    expect(svg).not.toContain("NaN");
  });
});

describe("areaPlot", () => {
  it("compares planted listeners with random rankings", async () => {
    const svg = await areaPlot({ summary });
    expect(svg).toContain("source, true stems, random ranking, deletion (less is better): 0.50");
    expect(svg).not.toContain("NaN");
  });
});
