import type { Faithfulness, FaithfulnessSummary } from "@lemons/shared/contract/faithfulness";
import { TrackId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { formatFaithfulness } from "./faithfulness-report.ts";

const SUMMARY: FaithfulnessSummary = {
  model: "planted",
  type: "time+source",
  separator: "dsp",
  method: "lime",
  cases: 10,
  hits: 8,
  accuracy: 0.8,
  interval: { low: 0.6, high: 1 },
  chance: 0.12,
  deletion: 0.25,
  insertion: 0.75,
  randomDeletion: 0.5,
  randomInsertion: 0.6,
  correlation: null,
  allCases: 20,
  allAccuracy: 0.7,
};

const FAITHFULNESS: Pick<Faithfulness, "settings" | "tracks" | "detection" | "summary"> = {
  settings: {
    folds: 3,
    steps: 600,
    batchSize: 20,
    learningRate: 0.003,
    channels: [16, 32],
    segments: 5,
    kernelWidth: 0.25,
    effectiveSamples: 2048,
    separators: ["stems", "dsp"],
    seed: 7,
  },
  tracks: [TrackId.parse("one"), TrackId.parse("two")],
  detection: [
    {
      source: "drums",
      mixtures: 1190,
      positives: 600,
      auc: 0.98,
      accuracy: 0.91,
      tracks: 12,
      verified: 10,
    },
    { source: "bass", mixtures: 10, positives: 0, auc: null, accuracy: 1, tracks: 0, verified: 0 },
  ],
  summary: [
    SUMMARY,
    {
      ...SUMMARY,
      model: "random-network",
      type: "time",
      separator: null,
      method: "shapley",
      accuracy: 0.2,
      correlation: -0.04,
    },
    {
      ...SUMMARY,
      cases: 0,
      hits: 0,
      accuracy: null,
      interval: null,
      chance: null,
      deletion: null,
      insertion: null,
      randomDeletion: null,
      randomInsertion: null,
    },
  ],
};

describe("formatFaithfulness", () => {
  it("prints a row a source, then a row a kind of explanation", () => {
    expect(formatFaithfulness(FAITHFULNESS).split("\n")).toEqual([
      "2 tracks with known stems in 3 folds; networks of 16, 32 channels, 600 steps of 20 one-second mixtures, seed 7",
      "",
      "Planted listeners on held-out tracks",
      "source      AUC  accuracy   mixtures   verified tracks",
      "drums     0.980     0.910       1190          10 of 12",
      "bass          -     1.000         10            0 of 0",
      "",
      "Verified: recommended whole and by the source alone, but not without it. Of these cases:",
      "",
      "explanation                      cases  true first  95 % interval  chance  of all       deletion      insertion  rank r",
      "planted  time+source, dsp  lime     10        80 %     60 %-100 %    12 %    70 %  0.250 (0.500)  0.750 (0.600)       -",
      "random-network  time  shapley       10        20 %     60 %-100 %    12 %    70 %  0.250 (0.500)  0.750 (0.600)   -0.04",
      "planted  time+source, dsp  lime      0           -              -       -    70 %              -              -       -",
      "",
      "True first: the component of the highest value is a true one; of all: also unverified cases.",
      "Deletion and insertion: mean area under the curve, and that of random rankings.",
      "Rank r: Spearman's correlation with the planted listener's values.",
      "",
    ]);
  });
});
