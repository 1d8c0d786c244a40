import { type ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import type { Stability } from "@lemons/shared/contract/stability";
import { describe, expect, it } from "vitest";
import { distancePlot, stabilityPlot } from "./stability-plots.ts";

const point = (samples: number, unique: number) => ({
  samples,
  unique,
  topAgreement: 0.5,
  weightError: 0.2,
});
const summary = [128, 256].map((samples) => ({
  samples,
  uniqueMean: 5,
  uniqueSd: 1,
  stable: 0.1,
  topAgreement: 0.5,
  weightError: 0.2,
}));
const stability: Stability = {
  schemaVersion: 1,
  settings: {
    type: "time+source",
    segments: 5,
    kernelWidth: 0.25,
    repeats: 5,
    top: 3,
    samples: [128, 256],
    seed: 0,
  },
  tracks: 2,
  withoutTable: 0,
  listeners: ["ada", "<bea>"].map((listener) => ({
    // No id has angle brackets; a report must not rely on it.
    listener: listener as ListenerId,
    model: { id: ModelId.parse("m"), version: "a".repeat(64) },
    tracks: [
      { track: TrackId.parse("one"), relevance: 0.5, points: [point(128, 7), point(256, 3)] },
      { track: TrackId.parse("two"), relevance: 0.5, points: [point(128, 6), point(256, 4)] },
    ],
    summary,
  })),
  summary,
};

describe("stabilityPlot", () => {
  it("draws a violin, a mean and the exact line for each number of samples", async () => {
    const svg = await stabilityPlot(stability, { byListener: false });
    expect(svg).toContain('aria-label="Violins of U_n by number of samples; means 5.00 at 128');
    expect(svg.match(/fill="var\(--plot-1\)"/g)).toHaveLength(2);
    expect(svg.match(/stroke="var\(--plot-2\)"/g)).toHaveLength(2);
    expect(svg).not.toContain("NaN");
    expect(svg).not.toContain("bea");
  });

  it("draws a row per listener if requested, and escapes names", async () => {
    const svg = await stabilityPlot(stability, { byListener: true });
    expect(svg.match(/fill="var\(--plot-1\)"/g)).toHaveLength(6);
    expect(svg).toContain("&lt;bea&gt;");
  });
});

describe("distancePlot", () => {
  it.each(["topAgreement", "weightError"] as const)("draws %s", async (measure) => {
    expect(await distancePlot(stability, measure)).not.toContain("NaN");
  });

  it("returns null without exact explanations", () => {
    const none = summary.map((each) => ({ ...each, weightError: null }));
    const listeners = stability.listeners.map((each) => ({ ...each, summary: none }));
    expect(distancePlot({ ...stability, listeners }, "weightError")).toBeNull();
  });
});
