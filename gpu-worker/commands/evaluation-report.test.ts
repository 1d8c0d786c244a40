import type { Evaluation } from "@lemons/shared/contract/evaluation";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { formatEvaluation } from "./evaluation-report.ts";

const EVALUATION: Evaluation = {
  schemaVersion: 1,
  split: { part: "test", seed: 3, train: 58, validation: 7, test: 7 },
  bootstrap: { method: "stratified-percentile", replicates: 1000, seed: 3, level: 0.95 },
  forwards: 7,
  listeners: [
    {
      listener: ListenerId.parse("bram"),
      model: { id: ModelId.parse("fcn-bram"), version: "ab".repeat(32) },
      tracks: 7,
      positives: 2,
      auc: 0.7,
      aucInterval: { low: 0.2, high: 1 },
      averagePrecision: 0.58333,
      averagePrecisionInterval: { low: 0.3, high: 0.9 },
    },
    {
      listener: ListenerId.parse("maximilian"),
      model: { id: ModelId.parse("fcn-max"), version: "cd".repeat(32) },
      tracks: 7,
      positives: 0,
      auc: null,
      aucInterval: null,
      averagePrecision: null,
      averagePrecisionInterval: null,
    },
  ],
  summary: {
    auc: { listeners: 1, mean: 0.7, sd: null },
    averagePrecision: { listeners: 1, mean: 0.58333, sd: null },
  },
  notes: ["Beware."],
};

describe("formatEvaluation", () => {
  it("prints a row a listener, then mean, standard deviation and notes", () => {
    expect(formatEvaluation(EVALUATION).split("\n")).toEqual([
      "The test part, 7 of 72 tracks, of the split with seed 3 (58 train, 7 validation, 7 test); forward passes: 7",
      "Intervals by 1000 stratified bootstrap resamples, seed 3",
      "",
      "listener     listened    AUC  95 % interval      AP  95 % interval   model",
      "bram           2 of 7  0.700  0.200 to 1.000  0.583  0.300 to 0.900  fcn-bram (abababababab)",
      "maximilian     0 of 7      -  -                   -  -               fcn-max (cdcdcdcdcdcd)",
      "mean           over 1  0.700                  0.583",
      "sd             over 1      -                      -",
      "",
      "Beware.",
      "",
    ]);
  });

  it("leaves out intervals without a bootstrap", () => {
    const split = { ...EVALUATION.split, part: "all" } as const;
    const lines = formatEvaluation({ ...EVALUATION, split, bootstrap: null }).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "All 72 tracks; forward passes: 7",
      "",
      "listener     listened    AUC     AP  model",
      "bram           2 of 7  0.700  0.583  fcn-bram (abababababab)",
    ]);
  });
});
