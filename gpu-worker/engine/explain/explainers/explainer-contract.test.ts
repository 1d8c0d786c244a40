import { Explanation } from "@lemons/shared/contract/explanation";
import type { Neighbourhood } from "@lemons/shared/contract/explanation-request";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ModelId } from "@lemons/shared/contract/identifier";
import { assembleExplanation } from "@lemons/shared/explanation/assemble-explanation";
import { componentCount, segmentBounds } from "@lemons/shared/explanation/components";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { afterAll, describe, expect, it } from "vitest";
import { InputError } from "../../input-error.ts";
import { modelPackageFromBytes } from "../../model/model-package.ts";
import { createScorer } from "../../model/scorer.ts";
import { onnxBytes, sha256, smallModel } from "../../onnx/small-model.fixture.ts";
import { cpuRuntime as runtime } from "../../runtime/node/cpu-runtime.fixture.ts";
import { createExactEngine } from "../exact-engine.ts";
import { describeAudio, describeSeparation } from "../explain-audio.ts";
import { createMaskedMix, maskLogits } from "../score-masks.ts";
import { heardSound, snippetSources } from "../snippet-sources.ts";
import { createStopwatch } from "../stopwatch.ts";
import type { ExplainerInput, ExplainerResult, ResolvedQuestion } from "./explainer.ts";
import { EXPLAINERS, explainWithFirst } from "./registry.ts";

const scorer = createScorer({ runtime });
const exact = createExactEngine({ runtime });
afterAll(async () => {
  await scorer.dispose();
  await exact.dispose();
});

const RATE = 16_000;
const SEGMENTS = 3;
const ONNX = onnxBytes(smallModel());
const model = await modelPackageFromBytes(ONNX, {
  id: ModelId.parse("small"),
  version: sha256(ONNX),
  frontEnd: DEFAULT_FRONT_END,
  input: "logmel",
  output: "logit",
});

function tone(hertz: number) {
  const samples = Float32Array.from({ length: 2 * RATE }, (_, i) => {
    const beat = 0.6 + 0.4 * Math.sin((9 * i) / RATE);
    return 0.25 * beat * Math.sin((2 * Math.PI * hertz * i) / RATE);
  });
  return { sampleRate: RATE, channels: [samples] };
}

const sound = await snippetSources({
  runtime,
  mix: null,
  stems: new Map([
    ["bass", tone(90)],
    ["drums", tone(1900)],
  ]),
  separator: "stems",
  audioSha256: "a".repeat(64),
  needsSources: true,
});

const EXHAUSTIVE: Neighbourhood = { kind: "exhaustive", effectiveSamples: 2048 };
const SAMPLED: Neighbourhood = { kind: "sampled", samples: 24, seed: 1 };
const TYPES = ["time", "source", "time+source"] as const;

function inputOf(
  { type, neighbourhood }: Pick<ResolvedQuestion, "type" | "neighbourhood">,
  change: Partial<ExplainerInput> = {},
): ExplainerInput {
  const heard = heardSound(sound, DEFAULT_FRONT_END, runtime);
  const segmentTimes = (count: number) =>
    segmentBounds(heard.samples, count).map(([start, end]) => ({
      startSeconds: start / RATE,
      endSeconds: end / RATE,
    }));
  return {
    question: {
      type,
      neighbourhood,
      segments: SEGMENTS,
      kernelWidth: 0.25,
      featureSelection: "none",
      target: "relevance",
    },
    refusal: "an earlier explainer refused",
    model,
    sound,
    heard,
    segments: segmentTimes(type === "source" ? 1 : SEGMENTS),
    segmentTimes,
    scorer,
    exact,
    separator: "stems",
    audioSha256: "a".repeat(64),
    stopwatch: createStopwatch(),
    ...change,
  };
}

/** Logits of masks by forward passes. */
async function forwardLogits({ question, heard, segments }: ExplainerInput, masks: number[][]) {
  const mix = await heard.mix();
  const sources = question.type === "time" ? [mix] : await heard.sources();
  const { type } = question;
  const maskedMix = createMaskedMix({ mix, sources, type, segments: segments.length });
  return maskLogits({
    maskedMix,
    masks: masks.map((mask) => Uint8Array.from(mask)),
    model,
    scorer,
    stopwatch: createStopwatch(),
  });
}

function componentsOf(type: ResolvedQuestion["type"]): number {
  const segments = type === "source" ? 1 : SEGMENTS;
  return componentCount({ type, segments, sources: sound.separated.sources.length });
}

describe.each(EXPLAINERS.map((explainer) => [explainer.name, explainer] as const))(
  "the explainer %s",
  (_, explainer) => {
    /** Explains every question that the explainer doesn't refuse. */
    async function explainAll(change: (type: ResolvedQuestion["type"]) => Partial<ExplainerInput>) {
      const results: { input: ExplainerInput; result: ExplainerResult }[] = [];
      for (const type of TYPES) {
        for (const neighbourhood of [EXHAUSTIVE, SAMPLED]) {
          const input = inputOf({ type, neighbourhood }, change(type));
          const result = await explainer.explain(input);
          if ("answers" in result) results.push({ input, result });
          else expect(result.reason).toMatch(/\w.*[^.]$/);
        }
      }
      expect(results.length).toBeGreaterThan(0);
      return results;
    }

    it("returns answers that make a valid explanation, one weight a component", async () => {
      for (const { input, result } of await explainAll(() => ({}))) {
        const { answers, engine } = result;
        const explanation = assembleExplanation(
          {
            model: model.manifest,
            audio: describeAudio(sound, input.audioSha256),
            separation: describeSeparation(sound.separated),
            segments: [...input.segments],
            engine,
            highlights: [],
            timings: {},
          },
          answers,
        );
        expect(Explanation.safeParse({ ...explanation, highlights: [] }).error).toBeUndefined();
        const { type } = input.question;
        expect(answers.components.map(({ index }) => index)).toEqual([
          ...Array(componentsOf(type)).keys(),
        ]);
        for (const { weight } of answers.components) expect(weight).toSatisfy(Number.isFinite);
        expect(answers.relevance).toBe(sigmoid(answers.logit));
      }
    });

    it("agrees with forward passes about the whole track and supplied masks, to 1e-3", async () => {
      const masksOf = (type: ResolvedQuestion["type"]) => {
        const ones = Array<number>(componentsOf(type)).fill(1);
        return [ones, ones.map((_, i) => i % 2), ones.map((_, i) => (i === 0 ? 0 : 1))];
      };
      for (const { input, result } of await explainAll((type) => ({ masks: masksOf(type) }))) {
        const masks = masksOf(input.question.type);
        const logits = await forwardLogits(input, masks);
        expect(Math.abs(result.answers.logit - logits[0]!)).toBeLessThan(1e-3);
        expect(result.answers.masks).toEqual(masks);
        result.answers.predictions!.forEach((prediction, i) => {
          expect(Math.abs(prediction - sigmoid(logits[i]!))).toBeLessThan(1e-3);
        });
      }
    });

    it("reports the relevance once, and rising progress", async () => {
      const relevances: number[] = [];
      let fractions: number[] = [];
      const results = await explainAll(() => {
        fractions = [];
        return {
          onRelevance: (relevance) => relevances.push(relevance),
          onProgress: ({ done, total }) => {
            expect(done / total).toBeGreaterThanOrEqual(fractions.at(-1) ?? 0);
            fractions.push(done / total);
          },
        };
      });
      expect(relevances).toHaveLength(results.length);
      results.forEach(({ result }, i) => {
        expect(Math.abs(relevances[i]! - result.answers.relevance)).toBeLessThan(1e-6);
      });
    });

    it("states the forward passes that it took, and why no earlier explainer applied", async () => {
      for (const { result } of await explainAll(() => ({}))) {
        const { engine, table } = result;
        expect(engine.forwardEquivalents).toBeGreaterThan(0);
        if (engine.kind === "table") expect(table).not.toBeNull();
        else expect(engine.reason).toBe("an earlier explainer refused");
      }
    });

    it("stops with the signal's reason", async () => {
      const fresh = createExactEngine({ runtime });
      const reason = new Error("cancelled");
      const change = { signal: AbortSignal.abort(reason), exact: fresh };
      for (const neighbourhood of [EXHAUSTIVE, SAMPLED]) {
        const outcome = explainer.explain(inputOf({ type: "time", neighbourhood }, change));
        const settled = await outcome.catch((error: unknown) => error);
        expect(settled === reason || "reason" in (settled as object)).toBe(true);
      }
      await fresh.dispose();
    });

    it("rejects masks of another length", async () => {
      for (const neighbourhood of [EXHAUSTIVE, SAMPLED]) {
        const input = inputOf({ type: "time", neighbourhood }, { masks: [[1], [0]] });
        const settled = await explainer.explain(input).catch((error: unknown) => error);
        expect(settled instanceof InputError || "reason" in (settled as object)).toBe(true);
      }
    });
  },
);

describe("explainWithFirst", () => {
  it.each([
    ["exhaustive", EXHAUSTIVE, "table", null],
    ["sampled", SAMPLED, "dense", "sampled masks were requested"],
  ] as const)("answers %s questions", async (_, neighbourhood, kind, reason) => {
    const { answers, engine } = await explainWithFirst(inputOf({ type: "time", neighbourhood }));
    expect(answers.neighbourhood.kind).toBe(neighbourhood.kind);
    expect(engine).toMatchObject({ kind, reason });
  });
});
