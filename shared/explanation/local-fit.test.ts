import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureSelection } from "../contract/explanation-request.ts";
import { fitLocal } from "./local-fit.ts";
import { sampleMasks } from "./sampled-masks.ts";

interface GoldenFit {
  feature_selection: FeatureSelection;
  num_features: number;
  used_features: number[];
  sorted_exp: [number, number][];
  intercept: number;
  score: number;
  local_pred: number;
}

function golden(name: string): { masks: string[]; p: number[]; results: GoldenFit[] } {
  const url = new URL(`../../infra/golden/lime/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8"));
}

const files = ["lime_time_n64_v001", "lime_time_source_n64_v001"];

describe.each(files)("fitLocal on %s", (name) => {
  const { masks: rows, p, results } = golden(name);
  const masks = rows.map((row) => Uint8Array.from(row, Number));

  it.each(results)("equals audioLIME: $feature_selection, $num_features features", (expected) => {
    const fit = fitLocal({
      masks,
      predictions: p,
      kernelWidth: 0.25,
      featureSelection: expected.feature_selection,
      features: expected.num_features,
    });
    expect(fit.usedFeatures).toEqual(expected.used_features);
    const weights = new Array<number>(masks[0]!.length).fill(0);
    for (const [index, weight] of expected.sorted_exp) weights[index] = weight;
    fit.weights.forEach((weight, i) => {
      expect(Math.abs(weight - weights[i]!)).toBeLessThan(1e-10);
    });
    expect(Math.abs(fit.intercept - expected.intercept)).toBeLessThan(1e-10);
    expect(Math.abs(fit.fidelity - expected.score)).toBeLessThan(1e-10);
    expect(Math.abs(fit.localPrediction - expected.local_pred)).toBeLessThan(1e-10);
  });
});
