import type { Explanation } from "@lemons/shared/contract/explanation";
import { ModelId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { formatExplanation } from "./explanation-report.ts";
import { formatScores } from "./score.ts";

const MODEL = { id: ModelId.parse("reference-ilse"), version: "5f10b018b6e3".padEnd(64, "0") };

describe("formatScores", () => {
  it("prints a row a file", () => {
    const results = [{ file: "a.ogg", logit: -3.589, relevance: 0.0269, seconds: 30 }];
    expect(formatScores({ model: MODEL, results }).split("\n")).toEqual([
      "Model reference-ilse (version 5f10b018b6e3)",
      "",
      "relevance    logit    length   in words        file",
      "    0.027   -3.589    30.0 s   very weak match a.ogg",
      "",
    ]);
  });
});

describe("formatExplanation", () => {
  const component = (
    index: number,
    source: string | null,
    segment: number | null,
    weight: number,
  ) => ({
    index,
    segment,
    source,
    startSeconds: 0,
    endSeconds: 6,
    weight,
    shapley: null as number | null,
  });
  const explanation: Explanation = {
    schemaVersion: 1,
    type: "source",
    target: "relevance",
    model: MODEL,
    audio: {
      sha256: "0".repeat(64),
      sampleRate: 44_100,
      channels: 2,
      seconds: 30,
      snippet: { startSeconds: 0, seconds: 30 },
    },
    separation: { separator: "dsp", version: "1", sources: ["vocals", "drums"], residual: 0 },
    segments: [{ startSeconds: 0, endSeconds: 30 }],
    neighbourhood: {
      kind: "sampled",
      samples: 64,
      seed: 7,
      distinctMasks: 4,
      suppliedMasks: false,
    },
    kernelWidth: 0.25,
    featureSelection: "none",
    features: 2,
    relevance: 0.768,
    logit: 1.2,
    relevanceOfSilence: null,
    intercept: 0,
    fidelity: 0.61,
    localPrediction: 0.75,
    components: [component(0, "vocals", null, -0.1), component(1, "drums", null, 0.4)],
    ranking: [1, 0],
    complexity: 0.5,
    summary: "Recommended mostly for its drums. Its vocals hurt.",
    highlights: [
      {
        name: "top-1",
        components: [1],
        file: "top-1.mp3",
        audio: { sampleRate: 44_100, channels: 2, samples: 1, encoderDelaySamples: 0 },
        startSeconds: 0,
      },
    ],
    sufficient: null,
    necessary: null,
    decision: { threshold: null, reason: "sampled" },
    curves: null,
    engine: {
      kind: "dense",
      reason: "sampled masks were requested",
      blocks: 0,
      columnsEvaluated: 0,
      forwardEquivalents: 4,
      seconds: {},
    },
    timings: {},
  };

  it("prints the summary, the numbers, then a row a part", () => {
    expect(formatExplanation(explanation, null).split("\n")).toEqual([
      "Recommended mostly for its drums. Its vocals hurt.",
      "",
      "relevance   0.768 (good match), logit 1.200",
      "fidelity    0.610 (rough). Some parts work together, so read the weights as a tendency.",
      "model       reference-ilse (version 5f10b018b6e3)",
      "sources     vocals, drums (dsp)",
      "masks       64 masks sampled with seed 7, 4 different",
      "engine      4 forward passes: sampled masks were requested",
      "",
      "  weight  part",
      ` +0.4000  drums                      ${"+".repeat(20)}`,
      " -0.1000  vocals                     -----",
      "",
    ]);
  });

  it("names written files, and parts by time", () => {
    const inTime = {
      ...explanation,
      components: [component(0, null, 0, 0), component(1, "drums", 1, 0)],
    };
    const names = ["explanation.json", "table.bin"];
    const text = formatExplanation(inTime, { folder: "out", names });
    expect(text).toContain("Written to out: explanation.json, table.bin");
    expect(text).toContain("+0.0000  0.0 to 6.0 s\n");
    expect(text).toContain("+0.0000  drums, 0.0 to 6.0 s\n");
  });

  it("prints Shapley values, decisive parts and the engine if every mask was evaluated", () => {
    const text = formatExplanation(
      {
        ...explanation,
        neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
        components: explanation.components.map((each) => ({ ...each, shapley: each.weight / 2 })),
        sufficient: { components: [1], relevance: 0.9 },
        necessary: { components: [0, 1], relevance: 0.1 },
        decision: { threshold: 0.5, reason: null },
        engine: { ...explanation.engine, kind: "table", reason: null, blocks: 5 },
      },
      null,
    );
    expect(text.split("\n")).toEqual(
      expect.arrayContaining([
        "enough      drums: alone at 0.900, not below 0.500",
        "needed      vocals; drums: without at 0.100, below 0.500",
        "masks       all 4, weighed like 2048 sampled ones",
        "engine      response table through 5 blocks, the work of 4.0 forward passes",
        "  weight   Shapley  part",
        ` +0.4000   +0.2000  drums                      ${"+".repeat(20)}`,
      ]),
    );
    const decision = { threshold: null, reason: "not-above-silence" } as const;
    expect(formatExplanation({ ...explanation, decision }, null)).toContain(
      "decisive    no parts: the track is no more relevant than silence",
    );
  });
});
