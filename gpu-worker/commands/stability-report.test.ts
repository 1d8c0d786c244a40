import { ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import type { Stability } from "@lemons/shared/contract/stability";
import { describe, expect, it } from "vitest";
import { formatStability } from "./stability-report.ts";

const summaryOf = (uniqueMean: number, exact: boolean) =>
  [128, 4096].map((samples, i) => ({
    samples,
    uniqueMean: uniqueMean - i,
    uniqueSd: 1,
    stable: 0.25,
    topAgreement: exact ? 0.5 : null,
    weightError: exact ? 0.1234 : null,
  }));

const STABILITY: Stability = {
  schemaVersion: 1,
  settings: {
    type: "time+source",
    segments: 5,
    kernelWidth: 0.25,
    repeats: 5,
    top: 3,
    samples: [128, 4096],
    seed: 9,
  },
  tracks: 1,
  withoutTable: 1,
  listeners: [
    {
      listener: ListenerId.parse("maximilian"),
      model: { id: ModelId.parse("m"), version: "a".repeat(64) },
      tracks: [
        {
          track: TrackId.parse("one"),
          relevance: 0.5,
          points: [{ samples: 128, unique: 7, topAgreement: 0.5, weightError: 0.1234 }],
        },
      ],
      summary: summaryOf(7, true),
    },
    {
      listener: ListenerId.parse("zoe"),
      model: { id: ModelId.parse("m"), version: "b".repeat(64) },
      tracks: [
        {
          track: TrackId.parse("one"),
          relevance: 0.5,
          points: [{ samples: 128, unique: 5, topAgreement: null, weightError: null }],
        },
      ],
      summary: summaryOf(5, false),
    },
  ],
  summary: summaryOf(6, true),
};

describe("formatStability", () => {
  it("prints four tables with a row a listener", () => {
    expect(formatStability(STABILITY).split("\n")).toEqual([
      "5 sampled explanations (time+source) of each of 1 tracks by N_s masks, seed 9",
      "",
      "U_n, different components among the top 3 of the 5, mean (exact explanations: always 3)",
      "listener        128     4096",
      "maximilian     7.00     6.00",
      "zoe            5.00     4.00",
      "all            6.00     5.00",
      "",
      "Tracks whose 5 explanations all name the same top 3",
      "listener        128     4096",
      "maximilian   25.0 %   25.0 %",
      "zoe          25.0 %   25.0 %",
      "all          25.0 %   25.0 %",
      "",
      "Share of the exact top 3 that a sampled one names, mean",
      "listener        128     4096",
      "maximilian   50.0 %   50.0 %",
      "zoe               -        -",
      "all          50.0 %   50.0 %",
      "",
      "Distance from the exact weights, |w - w*| / |w*|, median over tracks",
      "listener        128     4096",
      "maximilian    0.123    0.123",
      "zoe               -        -",
      "all           0.123    0.123",
      "",
      "1 pairs of model and track have no response table, so nothing exact to compare with.",
      "",
    ]);
  });
});
