import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ModelId } from "@lemons/shared/contract/identifier";
import type { StabilitySettings } from "@lemons/shared/contract/stability";
import { afterAll, describe, expect, it } from "vitest";
import type { Audio } from "../../engine/audio/audio.ts";
import { createExactEngine, type ExactEngine } from "../../engine/explain/exact-engine.ts";
import { modelPackageFromBytes } from "../../engine/model/model-package.ts";
import { createScorer } from "../../engine/model/scorer.ts";
import { onnxBytes, sha256, smallModel } from "../../engine/onnx/small-model.fixture.ts";
import { createNodeRuntime } from "../../engine/runtime/node/node-runtime.ts";
import { trackStability } from "./track-stability.ts";

const RATE = 16_000;
const SECONDS = 8;

const exact = createExactEngine({ runtime: createNodeRuntime({ provider: "cpu", threads: 1 }) });
const scorer = createScorer({ runtime: createNodeRuntime({ provider: "cpu", threads: 1 }) });
/** An engine that refuses every table, as for a model that mixes time. */
const noEngine: ExactEngine = {
  ...exact,
  tableOf: async () => ({ applies: false, reason: "no table in this test" }),
};
afterAll(async () => {
  await exact.dispose();
  await scorer.dispose();
});

function tone(frequency: number, amplitude: number): Audio {
  const samples = Float32Array.from({ length: SECONDS * RATE }, (_, i) => {
    const swell = 1 + 0.5 * Math.sin((frequency * i) / (RATE * 40));
    return amplitude * swell * Math.sin((2 * Math.PI * frequency * i) / RATE);
  });
  return { sampleRate: RATE, channels: [samples] };
}

function modelOf(id: string, head: number[]) {
  const onnx = onnxBytes(smallModel(head));
  return modelPackageFromBytes(onnx, {
    id: ModelId.parse(id),
    version: sha256(onnx),
    frontEnd: DEFAULT_FRONT_END,
    input: "logmel",
    output: "logit",
  });
}

const models = await Promise.all([
  modelOf("one", [0.9, -0.6, 0.4, -0.2]),
  modelOf("other", [-0.5, 0.6, 0.2, 0.3]),
]);

function settingsOf(type: StabilitySettings["type"]): StabilitySettings {
  return { type, segments: 4, kernelWidth: 0.25, repeats: 2, top: 2, samples: [16, 40], seed: 0 };
}

function measure(engine: ExactEngine, type: StabilitySettings["type"], seeds = [3, 4]) {
  return trackStability({
    mix: null,
    stems: new Map([
      ["vocals", tone(300, 0.2)],
      ["bass", tone(90, 0.3)],
      ["other", tone(2500, 0.1)],
    ]),
    separator: "stems",
    audioSha256: "0".repeat(64),
    models,
    settings: settingsOf(type),
    seeds,
    scorer,
    exact: engine,
  });
}

describe("trackStability", () => {
  it.each(["time+source", "source", "time"] as const)(
    "measures the same for %s with a table and with the model itself",
    async (type) => {
      const fromTable = await measure(exact, type);
      const fromModel = await measure(noEngine, type);
      expect(fromTable.map(({ hasTable }) => hasTable)).toEqual([true, true]);
      expect(fromModel.map(({ hasTable }) => hasTable)).toEqual([false, false]);
      fromTable.forEach(({ relevance, points }, model) => {
        const dense = fromModel[model]!;
        expect(Math.abs(relevance - dense.relevance)).toBeLessThan(1e-4);
        expect(points.map(({ unique }) => unique)).toEqual(
          dense.points.map(({ unique }) => unique),
        );
        for (const { topAgreement, weightError } of points) {
          expect(topAgreement).not.toBeNull();
          expect(weightError).toBeGreaterThan(0);
        }
        for (const { topAgreement } of dense.points) expect(topAgreement).toBeNull();
      });
      expect(fromTable[0]!.points).not.toEqual(fromTable[1]!.points);
    },
  );

  it("depends on the seeds alone", async () => {
    const first = await measure(exact, "time+source");
    expect(await measure(exact, "time+source")).toEqual(first);
    expect(await measure(exact, "time+source", [5, 6])).not.toEqual(first);
  });
});
