import { readFile } from "node:fs/promises";
import type { Explanation } from "@lemons/shared/contract/explanation";
import { type ExplanationType, SOURCES } from "@lemons/shared/contract/explanation-request";
import { fitLocal } from "@lemons/shared/explanation/local-fit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { readModelPackage } from "../model/node/read-model-package.ts";
import { createScorer } from "../model/scorer.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { createExactEngine, type ExactEngine } from "./exact-engine.ts";
import { type ExplainAudioInput, explainAudio } from "./explain-audio.ts";

const GOLDEN = new URL("../../../infra/golden/", import.meta.url);
const THREADS = 2;

/** audioLIME's own explanation of the fixture (audioLIME 0.0.1, PyTorch). */
interface Golden {
  masks: string[];
  p: number[];
  results: { feature_selection: string; sorted_exp: [number, number][]; score: number }[];
}

const runtime = createNodeRuntime({ provider: "cpu", threads: THREADS });
const scorer = createScorer({ runtime });
const exact = createExactEngine({
  runtime: runtime,
});
afterAll(async () => {
  await scorer.dispose();
  await exact.dispose();
});

let track: Pick<ExplainAudioInput, "mix" | "stems" | "model">;
let golden: Golden;
/** Explanation by time x source, with the original's masks. Its table stays in `exact`. */
let whole: Explanation;

async function wave(path: string): Promise<Audio> {
  return decodeAudio(await readFile(new URL(`fixture/${path}.wav`, GOLDEN)));
}

interface Asked {
  engine?: ExactEngine;
  masks?: unknown;
  sampled?: boolean;
}

async function explain(type: ExplanationType, { engine = exact, masks, sampled }: Asked = {}) {
  const { explanation } = await explainAudio({
    ...track,
    separator: "stems",
    audioSha256: "0".repeat(64),
    question: {
      type,
      neighbourhood: sampled
        ? { kind: "sampled", samples: 2, seed: 0 }
        : { kind: "exhaustive", effectiveSamples: 2048 },
      segments: 5,
      kernelWidth: 0.25,
      featureSelection: "none",
      target: "relevance",
    },
    masks,
    scorer,
    exact: engine,
  });
  return explanation;
}

const logitOf = (relevance: number) => Math.log(relevance / (1 - relevance));

beforeAll(async () => {
  const stems = new Map<string, Audio>();
  for (const source of SOURCES) stems.set(source, await wave(`stems/${source}`));
  const model = await readModelPackage(new URL("fixture/fcn.onnx", GOLDEN).pathname);
  track = { mix: await wave("mix"), stems, model };
  const file = new URL("lime/lime_time_source_n64_v001.json", GOLDEN);
  golden = JSON.parse(await readFile(file, "utf8"));
  const masks = golden.masks.map((bits) => Array.from(bits, Number));
  whole = await explain("time+source", { masks });
}, 120_000);

describe("an exhaustive explanation of the fixture", () => {
  it("equals the original's probabilities and, on its masks, its fit to 1e-3", () => {
    const predictions = whole.predictions!;
    predictions.forEach((prediction, row) => {
      expect(Math.abs(prediction - golden.p[row]!), golden.masks[row]).toBeLessThan(1e-3);
    });
    const fit = fitLocal({
      masks: whole.masks!.map((bits) => Uint8Array.from(bits)),
      predictions,
      kernelWidth: 0.25,
      featureSelection: "none",
    });
    const expected = golden.results.find((each) => each.feature_selection === "none")!;
    for (const [index, weight] of expected.sorted_exp) {
      expect(Math.abs(fit.weights[index]! - weight)).toBeLessThan(1e-3);
    }
    expect(Math.abs(fit.fidelity - expected.score)).toBeLessThan(1e-3);
  });

  it("equals forward passes, to 1e-3 in the logit", async () => {
    const some = [0, 5, 17, 40];
    const masks = some.map((row) => whole.masks![row]!);
    const dense = await explain("time+source", { masks, sampled: true });
    expect(dense.engine).toMatchObject({ kind: "dense", forwardEquivalents: some.length });
    some.forEach((row, i) => {
      const difference = logitOf(whole.predictions![row]!) - logitOf(dense.predictions![i]!);
      expect(Math.abs(difference)).toBeLessThan(1e-3);
    });
    expect(Math.abs(whole.logit - dense.logit)).toBeLessThan(1e-3);
  });

  it("enumerates every mask: Shapley values add up, sets and curves are present", () => {
    const { components, relevance, relevanceOfSilence, engine, neighbourhood, curves } = whole;
    const sum = components.reduce((total, { shapley }) => total + shapley!, 0);
    expect(sum).toBeCloseTo(relevance - relevanceOfSilence!, 10);
    expect(neighbourhood).toEqual({ kind: "exhaustive", effectiveSamples: 2048 });
    expect(engine).toMatchObject({ kind: "table", reason: null, blocks: 5 });
    expect(engine.forwardEquivalents).toBeLessThan(60);
    expect(curves!.deletion.relevances).toHaveLength(26);
    expect(whole.decision.threshold === null).toBe(whole.sufficient === null);
  });

  it.each(["time", "source"] as const)(
    "answers %s from the whole table as from the cheaper one of its type",
    async (type) => {
      const fresh = createExactEngine({
        runtime: runtime,
      });
      try {
        const kept = await explain(type);
        const own = await explain(type, { engine: fresh });
        expect(kept.engine.forwardEquivalents).toBe(whole.engine.forwardEquivalents);
        expect(own.engine.forwardEquivalents).toBeLessThanOrEqual(type === "time" ? 8 : 38);
        expect(kept.segments).toEqual(own.segments);
        expect(kept.separation).toEqual(own.separation);
        kept.components.forEach(({ weight, shapley }, i) => {
          expect(Math.abs(weight - own.components[i]!.weight)).toBeLessThan(1e-5);
          expect(Math.abs(shapley! - own.components[i]!.shapley!)).toBeLessThan(1e-5);
        });
      } finally {
        await fresh.dispose();
      }
    },
    60_000,
  );
});
