import type { Faithfulness, FaithfulnessSummary } from "@lemons/shared/contract/faithfulness";
import { ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import type { Stability } from "@lemons/shared/contract/stability";
import { describe, expect, it } from "vitest";
import { readFaithfulness } from "./read-faithfulness.ts";
import { readStability } from "./read-stability.ts";
import { reportPage } from "./report-page.ts";
import type { Results } from "./results.ts";

const version = "a".repeat(64);
const summaryOf = (uniqueMean: number) =>
  [128, 2048].map((samples, i) => ({
    samples,
    uniqueMean: uniqueMean - i,
    uniqueSd: 1,
    stable: 0.25,
    topAgreement: 0.5 + i / 4,
    weightError: 0.4 - 0.3 * i,
  }));
const stability: Stability = {
  schemaVersion: 1,
  settings: {
    type: "time+source",
    segments: 5,
    kernelWidth: 0.25,
    repeats: 5,
    top: 3,
    samples: [128, 2048],
    seed: 0,
  },
  tracks: 2,
  withoutTable: 0,
  listeners: ["ada", "<bea>"].map((listener, i) => ({
    // No id has angle brackets; a report must not rely on it.
    listener: listener as ListenerId,
    model: { id: ModelId.parse("m"), version },
    tracks: [
      {
        track: TrackId.parse("one"),
        relevance: 0.5,
        points: [128, 2048].map((samples) => ({
          samples,
          unique: 5,
          topAgreement: 0.5,
          weightError: 0.2,
        })),
      },
    ],
    summary: summaryOf(6 + i),
  })),
  summary: summaryOf(6.5),
};

const row: FaithfulnessSummary = {
  model: "planted",
  type: "source",
  separator: "stems",
  method: "lime",
  cases: 10,
  hits: 9,
  accuracy: 0.9,
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
const faithfulness: Faithfulness = {
  schemaVersion: 1,
  settings: {
    folds: 3,
    steps: 600,
    batchSize: 20,
    learningRate: 0.003,
    channels: [16],
    segments: 5,
    kernelWidth: 0.25,
    effectiveSamples: 2048,
    separators: ["stems", "dsp"],
    seed: 0,
  },
  tracks: [TrackId.parse("one"), TrackId.parse("two")],
  detection: [
    {
      source: "drums",
      mixtures: 9,
      positives: 4,
      auc: 0.98,
      accuracy: 0.9,
      tracks: 12,
      verified: 10,
    },
  ],
  summary: [row, { ...row, separator: "dsp", accuracy: 0.4, interval: null }],
  cases: [],
};

const evaluation: Results["evaluation"] = {
  schemaVersion: 1,
  split: { part: "all", seed: 0, train: 1, validation: 1, test: 1 },
  bootstrap: null,
  forwards: 3,
  listeners: [
    {
      listener: ListenerId.parse("ada"),
      model: { id: ModelId.parse("m"), version },
      tracks: 3,
      positives: 1,
      auc: 0.5,
      aucInterval: null,
      averagePrecision: 0.5,
      averagePrecisionInterval: null,
    },
  ],
  summary: {
    auc: { listeners: 1, mean: 0.5, sd: null },
    averagePrecision: { listeners: 1, mean: 0.5, sd: null },
  },
  notes: ["Beware."],
};

describe("reportPage", () => {
  it("is one self-contained page with every plot and output", async () => {
    const page = await reportPage({ evaluation, stability, faithfulness });
    expect(page.match(/<svg /g)).toHaveLength(6);
    expect(page).toContain("Beware.");
    expect(page).toContain("&lt;bea&gt;");
    expect(page).not.toMatch(/<script|<link|<img|NaN|undefined|\[object/);
    expect(page).not.toMatch(/(?:src|href)="(?!evaluation|stability|faithfulness)/);
  });
});

describe("readStability and readFaithfulness", () => {
  it("quote the numbers of the results", () => {
    const stable = readStability(stability).join(" ");
    expect(stable).toContain("name 5.50 different components among their top 3");
    expect(stable).toContain("names 75\u00a0% of the exact top 3");
    expect(stable).toContain("from 5.00 (ada) to 6.00 (<bea>)");
    const faithful = readFaithfulness(faithfulness).join(" ");
    expect(faithful).toContain(
      "of 12 pairs of held-out track and source, intervention confirms 10",
    );
    expect(faithful).toContain("in 90\u00a0% (95 % interval 60\u00a0% to 100\u00a0%)");
    expect(faithful).toContain("dsp separator it is 40\u00a0%");
  });

  it("don't mention exact explanations if there are none", () => {
    const without = stability.summary.map((each) => ({
      ...each,
      topAgreement: null,
      weightError: null,
    }));
    const stable = readStability({ ...stability, summary: without }).join(" ");
    expect(stable).not.toMatch(/NaN|–|null/);
  });
});
