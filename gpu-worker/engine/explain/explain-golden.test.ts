import { readFile } from "node:fs/promises";
import { Explanation } from "@lemons/shared/contract/explanation";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { readModelPackage } from "../model/node/read-model-package.ts";
import { createScorer } from "../model/scorer.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { createExactEngine } from "./exact-engine.ts";
import { type ExplainedAudio, explainAudio } from "./explain-audio.ts";

/** audioLIME's own explanation of the fixture (audioLIME 0.0.1, PyTorch). */
interface GoldenExplanation {
  masks: string[];
  p: number[];
  results: {
    feature_selection: string;
    sorted_exp: [number, number][];
    intercept: number;
    score: number;
    local_pred: number;
  }[];
}

const GOLDEN = new URL("../../../infra/golden/", import.meta.url);
const TOLERANCE = 1e-3;

const runtime = createNodeRuntime({ provider: "cpu", threads: 2 });
const scorer = createScorer({ runtime });
const exact = createExactEngine({ runtime });
afterAll(async () => {
  await scorer.dispose();
  await exact.dispose();
});

async function wave(path: string): Promise<Audio> {
  return decodeAudio(await readFile(new URL(`fixture/${path}.wav`, GOLDEN)));
}

describe("an explanation by time of the fixture, on the original's masks", () => {
  let golden: GoldenExplanation;
  let found: ExplainedAudio;
  let relevanceFirst: number | null = null;
  const scoring: number[] = [];

  beforeAll(async () => {
    golden = JSON.parse(await readFile(new URL("lime/lime_time_n64_v001.json", GOLDEN), "utf8"));
    const stems = new Map<string, Audio>();
    for (const source of SOURCES) stems.set(source, await wave(`stems/${source}`));
    found = await explainAudio({
      mix: await wave("mix"),
      stems,
      separator: "stems",
      audioSha256: "0".repeat(64),
      model: await readModelPackage(new URL("fixture/fcn.onnx", GOLDEN).pathname),
      question: {
        type: "time",
        neighbourhood: { kind: "sampled", samples: 2, seed: 0 },
        segments: 5,
        kernelWidth: 0.25,
        featureSelection: "none",
        target: "relevance",
      },
      masks: golden.masks.map((bits) => Array.from(bits, Number)),
      scorer,
      exact,
      onRelevance: (relevance) => {
        relevanceFirst = relevance;
        expect(scoring).toEqual([]);
      },
      onProgress: ({ phase, done }) => {
        if (phase === "scoring") scoring.push(done);
      },
    });
  }, 240_000);

  it("equals the original's probabilities to 1e-3", () => {
    found.explanation.predictions!.forEach((prediction, row) => {
      // For a mask of zeros the original feeds a constant (its quirk 1), LEMONS silence.
      if (!golden.masks[row]!.includes("1")) return;
      expect(Math.abs(prediction - golden.p[row]!), golden.masks[row]).toBeLessThan(TOLERANCE);
    });
  });

  it("equals the original's weights, intercept, fidelity and local prediction to 1e-3", () => {
    const { components, intercept, fidelity, localPrediction } = found.explanation;
    const expected = golden.results.find((each) => each.feature_selection === "none")!;
    expect(expected.sorted_exp).toHaveLength(components.length);
    for (const [index, weight] of expected.sorted_exp) {
      expect(Math.abs(components[index]!.weight - weight)).toBeLessThan(TOLERANCE);
    }
    expect(Math.abs(intercept - expected.intercept)).toBeLessThan(TOLERANCE);
    expect(Math.abs(fidelity - expected.score)).toBeLessThan(TOLERANCE);
    expect(Math.abs(localPrediction - expected.local_pred)).toBeLessThan(TOLERANCE);
  });

  it("matches the contract and runs the model once for each distinct mask", () => {
    const explanation = Explanation.parse(found.explanation);
    const distinct = new Set(golden.masks).size;
    expect(explanation.neighbourhood).toEqual({
      kind: "sampled",
      samples: 64,
      seed: 0,
      distinctMasks: distinct,
      suppliedMasks: true,
    });
    expect(scoring).toEqual(Array.from({ length: distinct }, (_, i) => i + 1));
    expect(relevanceFirst).toBe(explanation.relevance);
    expect(explanation.predictions![0]).toBe(explanation.relevance);
    expect(explanation.masks).toHaveLength(64);
  });

  it("reports the relevance of silence if its mask was scored", () => {
    const silent = golden.masks.findIndex((bits) => !bits.includes("1"));
    expect(found.explanation.relevanceOfSilence).toBe(found.explanation.predictions![silent]);
  });
});
