import { Explanation } from "@lemons/shared/contract/explanation";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ModelId } from "@lemons/shared/contract/identifier";
import onnxProto from "onnx-proto";
import { afterAll, describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { InputError } from "../input-error.ts";
import { modelPackageFromBytes } from "../model/model-package.ts";
import { createScorer, type Scorer } from "../model/scorer.ts";
import { onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";
import { scoreAudio } from "../recommend/score-audio.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { createExactEngine } from "./exact-engine.ts";
import { type ExplainAudioInput, explainAudio, type ResolvedQuestion } from "./explain-audio.ts";
import { createSeparatedCache } from "./separated-cache.ts";
import { mixOfSources } from "./snippet-sources.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });
const scorer = createScorer({ runtime });
const exact = createExactEngine({ runtime });
afterAll(async () => {
  await scorer.dispose();
  await exact.dispose();
});

const ONNX = onnxBytes(smallModel());
const MODEL = await modelPackageFromBytes(ONNX, {
  id: ModelId.parse("small"),
  version: sha256(ONNX),
  frontEnd: DEFAULT_FRONT_END,
  input: "logmel",
  output: "logit",
});

function tone(hertz: number, seconds: number, sampleRate: number, channels = 1): Audio {
  const length = Math.round(seconds * sampleRate);
  return {
    sampleRate,
    channels: Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length }, (_, i) => {
        const beat = 0.6 + 0.4 * Math.sin((9 * i) / sampleRate + channel);
        return 0.25 * beat * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
      }),
    ),
  };
}

/** Two stems and their sum. */
function twoStems(seconds: number, sampleRate = 16_000, channels = 1) {
  const stems = new Map([
    ["bass", tone(90, seconds, sampleRate, channels)],
    ["drums", tone(1900, seconds, sampleRate, channels)],
  ]);
  return { stems, mix: mixOfSources([...stems.values()]) };
}

const QUESTION: ResolvedQuestion = {
  type: "time+source",
  neighbourhood: { kind: "sampled", samples: 16, seed: 3 },
  segments: 5,
  kernelWidth: 0.25,
  featureSelection: "none",
  target: "relevance",
};

const EXHAUSTIVE = { kind: "exhaustive", effectiveSamples: 2048 } as const;

interface Change extends Partial<Omit<ExplainAudioInput, "question">> {
  question?: Partial<ResolvedQuestion>;
}

function ask({ question, ...rest }: Change = {}) {
  return explainAudio({
    ...twoStems(2),
    separator: "stems",
    audioSha256: "a".repeat(64),
    model: MODEL,
    scorer,
    exact,
    ...rest,
    question: { ...QUESTION, ...question },
  });
}

function counted(): { scorer: Scorer; forwards: () => number } {
  let forwards = 0;
  const logits: Scorer["logits"] = (...args) => {
    forwards++;
    return scorer.logits(...args);
  };
  return { scorer: { ...scorer, logits }, forwards: () => forwards };
}

describe("explainAudio", () => {
  it("names components, segments and sources, in index order", async () => {
    const { explanation, separated } = await ask();
    expect(Explanation.parse(explanation)).toEqual(explanation);
    expect(separated.sources).toEqual(["drums", "bass"]);
    expect(explanation.segments).toHaveLength(5);
    expect(explanation.components.map(({ index }) => index)).toEqual([...Array(10).keys()]);
    expect(explanation.components[3]).toMatchObject({
      segment: 1,
      source: "bass",
      startSeconds: 0.4,
      endSeconds: 0.8,
    });
    expect(explanation.separation).toMatchObject({
      separator: "stems",
      residual: expect.closeTo(0, 6),
    });
    expect(explanation).not.toHaveProperty("masks");
    const weights = explanation.ranking.map((index) => explanation.components[index]!.weight);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  });

  it("returns the relevance of scoring", async () => {
    const { mix } = twoStems(2);
    const { scores } = await scoreAudio({ mix, models: [MODEL], scorer });
    for (const type of ["time", "source", "time+source"] as const) {
      const { explanation } = await ask({ question: { type } });
      expect(explanation).toMatchObject({
        relevance: scores[0]!.relevance,
        logit: scores[0]!.logit,
      });
    }
  });

  it("runs 32 forward passes for five segments, however many masks are drawn", async () => {
    const { scorer: counting, forwards } = counted();
    const { explanation } = await ask({
      scorer: counting,
      question: { type: "time", neighbourhood: { kind: "sampled", samples: 2048, seed: 0 } },
    });
    expect(forwards()).toBe(32);
    expect(explanation.neighbourhood).toMatchObject({ samples: 2048, distinctMasks: 32 });
    expect(explanation.relevanceOfSilence).not.toBeNull();
  });

  it("returns the same weights in batches, as on a GPU", async () => {
    const batching = createScorer({
      runtime: runtime,
      batchSize: 6,
    });
    const inBatches = (await ask({ scorer: batching })).explanation;
    await batching.dispose();
    const oneByOne = (await ask()).explanation;
    expect(inBatches.engine.forwardEquivalents % 6).not.toBe(0);
    inBatches.components.forEach(({ weight }, i) => {
      expect(weight).toBeCloseTo(oneByOne.components[i]!.weight, 6);
    });
  });

  it("returns the same weights for the same seed, others for another", async () => {
    const of = async (seed: number) => {
      const neighbourhood = { kind: "sampled", samples: 16, seed } as const;
      return (await ask({ question: { neighbourhood } })).explanation.components;
    };
    const first = await of(7);
    expect(await of(7)).toEqual(first);
    expect(await of(8)).not.toEqual(first);
  });

  it("negates the weights of a rejected track for the predicted class", async () => {
    const plain = (await ask()).explanation;
    const model = {
      ...MODEL,
      head: { ...MODEL.head!, bias: MODEL.head!.bias - plain.logit - 1 },
    };
    const relevance = (await ask({ model })).explanation;
    const question = { target: "predicted-class" } as const;
    const other = (await ask({ model, question })).explanation;
    expect(relevance.relevance).toBeLessThan(0.5);
    expect(other.relevance).toBe(relevance.relevance);
    expect(other.localPrediction).toBeCloseTo(1 - relevance.localPrediction, 10);
    other.components.forEach(({ weight }, i) => {
      expect(weight).toBeCloseTo(-relevance.components[i]!.weight, 10);
    });
  });

  it("keeps as many components as requested", async () => {
    const question = { featureSelection: "highest_weights", features: 3 } as const;
    const { explanation } = await ask({ question });
    expect(explanation.components.filter(({ weight }) => weight !== 0)).toHaveLength(3);
    expect(explanation.features).toBe(3);
    const all = await ask({ question: { features: 64 } });
    expect(all.explanation.features).toBe(10);
  });

  it("places a long track's centre in the track", async () => {
    const mix = tone(300, 40, 8000);
    const { explanation } = await ask({
      mix,
      stems: null,
      separator: "dsp",
      question: { type: "time", neighbourhood: { kind: "sampled", samples: 8, seed: 0 } },
    });
    expect(explanation.audio).toMatchObject({
      seconds: 40,
      snippet: { startSeconds: 5, seconds: 30 },
    });
    expect(explanation.components[0]).toMatchObject({ startSeconds: 5, endSeconds: 11 });
    expect(explanation.components[4]).toMatchObject({ startSeconds: 29, endSeconds: 35 });
  });

  it("separates a track once for its types, and never for time alone", async () => {
    const { mix } = twoStems(2);
    const separatedCache = createSeparatedCache();
    const of = (type: ResolvedQuestion["type"]) =>
      ask({ mix, stems: null, separator: "dsp", separatedCache, question: { type } });
    const time = await of("time");
    expect(time.explanation.separation).toMatchObject({ separator: "none", sources: ["mix"] });
    const source = await of("source");
    expect(source.separated.sources).toHaveLength(5);
    expect(source.explanation.segments).toHaveLength(1);
    expect((await of("time+source")).separated).toBe(source.separated);
  });

  it.each<[string, Change]>([
    ["a single second", twoStems(1)],
    ["three seconds", twoStems(3)],
    ["stereo at 44.1 kHz", twoStems(2, 44_100, 2)],
    ["mono at 8 kHz", twoStems(2, 8000)],
    ["a single segment", { question: { type: "time", segments: 1 } }],
    ["eight segments", { question: { segments: 8 } }],
    ["a single stem", { mix: null, stems: new Map([["vocals", tone(440, 2, 16_000)]]) }],
    [
      "a single component",
      {
        mix: null,
        stems: new Map([["vocals", tone(440, 2, 16_000)]]),
        question: { type: "source" },
      },
    ],
    ["stems without a mix", { mix: null }],
    ["the sum of stems, taken apart anew", { mix: null, separator: "dsp" }],
  ])("explains %s, by samples and exhaustively", async (_, change) => {
    for (const neighbourhood of [QUESTION.neighbourhood, EXHAUSTIVE]) {
      const question = { ...change.question, neighbourhood };
      const { explanation, highlights } = await ask({ ...change, question });
      const parsed = Explanation.parse(explanation);
      const kind = neighbourhood.kind === "sampled" ? "dense" : "table";
      expect(parsed).toMatchObject({
        neighbourhood: { kind: neighbourhood.kind },
        engine: { kind },
      });
      for (const { name, file, audio } of parsed.highlights) {
        const encoded = highlights.find((each) => each.name === name)?.encoded;
        expect(file === null).toBe(encoded === undefined);
        if (encoded) expect(encoded.samples).toBe(audio!.samples);
      }
    }
  });

  it("returns zero weights for digital silence", async () => {
    const silence = { sampleRate: 16_000, channels: [new Float32Array(32_000)] };
    const stems = new Map([
      ["bass", silence],
      ["drums", silence],
    ]);
    const cases = (["time", "source", "time+source"] as const).flatMap((type) =>
      [QUESTION.neighbourhood, EXHAUSTIVE].map((neighbourhood) => ({ type, neighbourhood })),
    );
    for (const question of cases) {
      const { explanation, highlights } = await ask({ mix: silence, stems, question });
      Explanation.parse(explanation);
      for (const { weight } of explanation.components) expect(Math.abs(weight)).toBeLessThan(1e-12);
      expect(explanation.intercept).toBeCloseTo(explanation.relevance, 12);
      expect(explanation.fidelity).toBe(1);
      expect(explanation.complexity).toBeNull();
      expect(highlights).toEqual([]);
      expect(explanation.highlights.map(({ file }) => file)).toEqual([null, null]);
    }
  });

  it("adds the remainder of the stems as `other`", async () => {
    const { mix, stems } = twoStems(2);
    const louder = { ...mix, channels: mix.channels.map((c) => c.map((x) => 1.5 * x)) };
    const { explanation } = await ask({ mix: louder, stems });
    expect(explanation.separation.sources).toEqual(["drums", "bass", "other"]);
    expect(explanation.separation.residual).toBeGreaterThan(0.1);
    expect(explanation.components).toHaveLength(15);
  });

  it("renders only the queried source", async () => {
    const { explanation, highlights } = await ask({ querySource: "drums" });
    const chosen = explanation.highlights.flatMap(({ components }) => components);
    for (const index of chosen) expect(explanation.components[index]!.source).toBe("drums");
    expect(highlights.length).toBeGreaterThan(0);
    const mp3 = await decodeAudio(highlights[0]!.encoded.bytes);
    expect(mp3.channels[0]!.some((x) => Math.abs(x) > 0.01)).toBe(true);
  });

  it("stops between forward passes", async () => {
    const abort = new AbortController();
    const { scorer: counting, forwards } = counted();
    const asked = ask({
      scorer: counting,
      signal: abort.signal,
      onProgress: ({ phase, done }) => {
        if (phase === "scoring" && done === 3) abort.abort(new Error("enough"));
      },
    });
    await expect(asked).rejects.toThrow("enough");
    expect(forwards()).toBe(3);
  });

  it.each<[string, RegExp, Change]>([
    ["missing audio", /no audio/, { mix: null, stems: null, separator: "dsp" }],
    ["missing stems", /needs stems/, { stems: null }],
    ["an unknown source", /the sources are drums, bass/, { querySource: "piano" }],
    [
      "a source of time segments",
      /time segments have no sources/,
      { querySource: "bass", question: { type: "time" } },
    ],
    ["masks of another length", /bits/, { masks: [[1], [0]] }],
    ["half a second", /at least 1 s/, twoStems(0.5)],
  ])("turns away %s", async (_, message, change) => {
    await expect(ask(change)).rejects.toThrow(InputError);
    await expect(ask(change)).rejects.toThrow(message);
  });

  it("scores every mask, with a reason, if the model mixes all of time and masks are few", async () => {
    const masks = [
      [1, 1, 1, 1, 1],
      [1, 0, 0, 1, 1],
    ];
    const question = { type: "time", neighbourhood: EXHAUSTIVE } as const;
    const { explanation, table } = await ask({ model: await globallyMixing(), masks, question });
    expect(Explanation.parse(explanation)).toMatchObject({
      neighbourhood: EXHAUSTIVE,
      engine: {
        kind: "dense",
        reason: expect.stringMatching(/Softmax/),
        forwardEquivalents: 32,
      },
      masks,
    });
    expect(explanation.predictions![0]).toBe(explanation.relevance);
    const shapley = explanation.components.reduce((sum, each) => sum + each.shapley!, 0);
    expect(shapley).toBeCloseTo(explanation.relevance - explanation.relevanceOfSilence!, 12);
    expect(explanation.curves!.deletion.relevances).toHaveLength(6);
    expect(table).toBeNull();
  });

  it("samples masks, with a reason, if the model mixes all of time and masks are many", async () => {
    const question = { type: "time+source", neighbourhood: EXHAUSTIVE } as const;
    const { explanation, table } = await ask({ model: await globallyMixing(), question });
    expect(Explanation.parse(explanation)).toMatchObject({
      neighbourhood: { kind: "sampled", samples: 256, seed: 0, suppliedMasks: false },
      engine: { kind: "dense", reason: expect.stringMatching(/Softmax/) },
      decision: { threshold: null, reason: "sampled" },
      curves: null,
    });
    expect(explanation.components.every(({ shapley }) => shapley === null)).toBe(true);
    expect(table).toBeNull();
  });

  it("samples masks if there are too many components to enumerate", async () => {
    const stems = new Map(
      ["vocals", "piano", "drums", "bass"].map((name, i) => [name, tone(90 + 300 * i, 2, 16_000)]),
    );
    const question = { neighbourhood: EXHAUSTIVE, segments: 8 };
    const { explanation } = await ask({ mix: null, stems, question });
    expect(explanation.neighbourhood.kind).toBe("sampled");
    expect(explanation.engine.reason).toMatch(/^32 audible components have too many/);
    const source = await ask({ mix: null, stems, question: { ...question, type: "source" } });
    expect(source.explanation.neighbourhood).toEqual(EXHAUSTIVE);
  });

  it("reports the relevance of supplied masks from the table", async () => {
    const masks = [
      [1, 1, 1, 1, 1],
      [1, 0, 1, 1, 0],
    ];
    const question = { type: "time", neighbourhood: EXHAUSTIVE } as const;
    const { explanation, table } = await ask({ masks, question });
    const fitted = (await ask({ masks, question: { type: "time" } })).explanation;
    expect(explanation).toMatchObject({ masks, neighbourhood: EXHAUSTIVE });
    explanation.predictions!.forEach((prediction, i) => {
      expect(prediction).toBeCloseTo(fitted.predictions![i]!, 4);
    });
    expect(table!.segments).toBe(5);
  });

  it("distinguishes different stems of one track", async () => {
    const { mix } = twoStems(2);
    const question = { type: "source", neighbourhood: EXHAUSTIVE } as const;
    const of = async (bass: number) => {
      const bassStem = tone(bass, 2, 16_000);
      const drums = {
        ...mix,
        channels: mix.channels.map((c) => c.map((x, i) => x - bassStem.channels[0]![i]!)),
      };
      const stems = new Map([
        ["bass", bassStem],
        ["drums", drums],
      ]);
      return (await ask({ mix, stems, question })).explanation;
    };
    const [one, other] = [await of(90), await of(500)];
    expect(one.components).not.toEqual(other.components);
    expect(one.relevance).toBeCloseTo(other.relevance, 4);
  });
});

/** Returns the small model with a softmax over time. */
function globallyMixing() {
  const graph = smallModel();
  const nodes = graph.graph!.node!;
  const axis = { name: "axis", type: onnxProto.onnx.AttributeProto.AttributeType.INT, i: 3 };
  const softmax = { name: "mix", opType: "Softmax", input: ["rectified"], output: ["mixed"] };
  nodes.splice(2, 0, { ...softmax, attribute: [axis] });
  nodes[3]!.input = ["mixed"];
  const onnx = onnxBytes(graph);
  return modelPackageFromBytes(onnx, {
    id: ModelId.parse("mixing"),
    version: sha256(onnx),
    frontEnd: DEFAULT_FRONT_END,
    input: "logmel",
    output: "logit",
  });
}
