import { readFile } from "node:fs/promises";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { InputError } from "../input-error.ts";
import { type ModelPackage, modelPackageFromBytes } from "../model/model-package.ts";
import { readModelPackage } from "../model/node/read-model-package.ts";
import { createScorer } from "../model/scorer.ts";
import { onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { scoreAudio } from "./score-audio.ts";

const ROOT = new URL("../../../", import.meta.url);
const scorer = createScorer({ runtime: createNodeRuntime({ provider: "cpu", threads: 2 }) });
afterAll(() => scorer.dispose());

/** Returns a chirp, whose parts all differ. */
function chirp(seconds: number, sampleRate: number, channels = 1): Audio {
  const samples = Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => {
    const t = i / sampleRate;
    return 0.4 * Math.sin(2 * Math.PI * (200 + 30 * t) * t);
  });
  return { sampleRate, channels: Array.from({ length: channels }, () => samples) };
}

function small(hop = DEFAULT_FRONT_END.hop): Promise<ModelPackage> {
  const onnx = onnxBytes(smallModel());
  return modelPackageFromBytes(onnx, {
    id: ModelId.parse(`hop-${hop}`),
    version: sha256(onnx),
    frontEnd: { ...DEFAULT_FRONT_END, hop },
    input: "logmel",
    output: "logit",
  });
}

describe("scoreAudio", () => {
  describe("on the demo's tracks", async () => {
    const file = new URL("infra/golden/relevance_reference.json", ROOT);
    const golden = JSON.parse(await readFile(file, "utf8")) as {
      listeners: string[];
      relevance: Record<string, number[]>;
    };
    let models: ModelPackage[] = [];
    beforeAll(async () => {
      models = await Promise.all(
        golden.listeners.map((listener) =>
          readModelPackage(
            new URL("demo/models/shared", ROOT).pathname,
            ListenerId.parse(listener),
          ),
        ),
      );
    });

    it.each(Object.entries(golden.relevance))(
      "scores %s for seven listeners in one forward pass, like the reference implementation",
      async (track, expected) => {
        const mix = await decodeAudio(await readFile(new URL(`demo/audio/${track}.ogg`, ROOT)));
        const { scores, forwards } = await scoreAudio({ mix, models, scorer });
        expect(forwards).toBe(1);
        expect(scores.map((score) => score.model)).toEqual(models.map((m) => m.manifest.id));
        scores.forEach(({ logit, relevance }, index) => {
          expect(relevance).toBe(sigmoid(logit));
          expect(Math.abs(relevance - expected[index]!)).toBeLessThan(2e-3);
        });
      },
    );
  });

  it("scores the centre 30 seconds of a longer track", async () => {
    const models = [await small()];
    const whole = chirp(50, 16_000);
    const centre = whole.channels[0]!.subarray(10 * 16_000, 40 * 16_000);
    const ofWhole = await scoreAudio({ mix: whole, models, scorer });
    const ofCentre = await scoreAudio({
      mix: { sampleRate: 16_000, channels: [centre] },
      models,
      scorer,
    });
    expect(ofWhole).toEqual(ofCentre);
  });

  it("scores models of different front-ends together, in their order", async () => {
    const models = await Promise.all([small(256), small(128), small(256)]);
    const mix = chirp(2, 16_000);
    const { scores, forwards } = await scoreAudio({ mix, models, scorer });
    expect(forwards).toBe(2);
    expect(scores[0]).toEqual(scores[2]);
    const alone = await scoreAudio({ mix, models: [models[1]!], scorer });
    expect(scores[1]).toEqual(alone.scores[0]);
  });

  it.each([
    ["mono at 8 kHz", chirp(3, 8000)],
    ["stereo at 44.1 kHz", chirp(3, 44_100, 2)],
    ["just a second", chirp(1, 16_000)],
  ])("scores %s", async (_, mix) => {
    const { scores } = await scoreAudio({ mix, models: [await small()], scorer });
    expect(scores[0]!.relevance).toBeGreaterThan(0);
    expect(scores[0]!.relevance).toBeLessThan(1);
  });

  it("rejects audio that is too short", async () => {
    const short = scoreAudio({ mix: chirp(0.9, 16_000), models: [await small()], scorer });
    await expect(short).rejects.toThrow(InputError);
    await expect(short).rejects.toThrow(/lasts 0\.90 s, at least 1 s/);
  });
});
