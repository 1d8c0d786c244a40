import { readFile } from "node:fs/promises";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import onnxProto from "onnx-proto";
import { afterAll, describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import type { LogMel } from "../spectrogram/front-end.ts";
import { type ModelPackage, modelPackageFromBytes } from "./model-package.ts";
import { readModelPackage } from "./node/read-model-package.ts";
import { createScorer } from "./scorer.ts";

const FIXTURE = new URL("../../../infra/golden/fixture/", import.meta.url);
const FRAMES = 1876;

const golden = JSON.parse(await readFile(new URL("meta.json", FIXTURE), "utf8")) as {
  logit_mix: number;
  p_silence: number;
};
const bytes = Uint8Array.from(await readFile(new URL("logmel_mix.f32", FIXTURE)));
const mix: LogMel = { data: new Float32Array(bytes.buffer), bands: 256, frames: FRAMES };
const silence: LogMel = { ...mix, data: new Float32Array(mix.data.length).fill(-100) };
const fixture = await readModelPackage(new URL("fcn.onnx", FIXTURE).pathname);

const { encoderVersion: _encoder, headVersion: _head, ...MANIFEST } = fixture.manifest;

const scorer = createScorer({
  runtime: createNodeRuntime({ provider: "cpu", threads: 2 }),
  maxSessions: 2,
});
afterAll(() => scorer.dispose());

/** The same model, run in one piece. */
function unsplit(model: ModelPackage): ModelPackage {
  return { ...model, manifest: MANIFEST, encoder: null, head: null };
}

function small(headWeights?: number[]): Promise<ModelPackage> {
  const onnx = onnxBytes(smallModel(headWeights));
  return modelPackageFromBytes(onnx, { ...MANIFEST, version: sha256(onnx) });
}

describe("createScorer", () => {
  it("returns PyTorch's logits to 1e-4", async () => {
    const [logit] = await scorer.logits(fixture, [mix]);
    expect(Math.abs(logit! - golden.logit_mix)).toBeLessThan(1e-4);
    const [quiet] = await scorer.logits(fixture, [silence]);
    expect(Math.abs(sigmoid(quiet!) - golden.p_silence)).toBeLessThan(1e-4);
  });

  it("returns the whole model's logit from encoder and head, to 1e-5", async () => {
    for (const logMel of [mix, silence]) {
      const [split] = await scorer.logits(fixture, [logMel]);
      const [whole] = await scorer.logits(unsplit(fixture), [logMel]);
      expect(Math.abs(split! - whole!)).toBeLessThan(1e-5);
    }
  });

  it("returns the features that the head is applied to", async () => {
    const features = await scorer.pooledFeatures(fixture, mix);
    expect(features).toHaveLength(128);
    const { weights, bias } = fixture.head!;
    const logit = features.reduce((sum, feature, i) => sum + weights[i]! * feature, bias);
    expect(Math.abs(logit - golden.logit_mix)).toBeLessThan(1e-4);
    await expect(scorer.pooledFeatures(unsplit(fixture), mix)).rejects.toThrow(TypeError);
  });

  it("runs one forward pass for all heads of one encoder", async () => {
    const heads = await Promise.all([small(), small([1, 0, 0, 0]), small([0, 0, 2, 0])]);
    const { logits, forwards } = await scorer.logitsOfModels(heads, mix);
    expect(forwards).toBe(1);
    const features = await scorer.pooledFeatures(heads[0]!, mix);
    expect(logits[1]).toBeCloseTo(0.25 + features[0]!, 6);
    expect(logits[2]).toBeCloseTo(0.25 + 2 * features[2]!, 6);
    const two = await scorer.logitsOfModels([await small(), fixture], mix);
    expect(two.forwards).toBe(2);
    expect(Math.abs(two.logits[1]! - golden.logit_mix)).toBeLessThan(1e-4);
  });

  it("returns the same logits for a batch as for each spectrogram alone", async () => {
    const batching = createScorer({
      runtime: createNodeRuntime({ provider: "cpu", threads: 1 }),
      batchSize: 3,
    });
    const model = await small();
    const both = await batching.logits(model, [mix, silence]);
    const alone = [await scorer.logits(model, [mix]), await scorer.logits(model, [silence])];
    expect(both).toEqual(alone.flat());
    const four = batching.logits(model, [mix, mix, mix, mix]);
    await expect(four).rejects.toThrow(/1 to 3 spectrograms/);
    await batching.dispose();
  });

  it("reports a model that can't be loaded, fails, or returns NaN", async () => {
    const unknown = smallModel();
    unknown.graph!.node![1]!.attribute = [
      { name: "odd", type: onnxProto.onnx.AttributeProto.AttributeType.INT, i: 1 },
    ];
    const onnx = onnxBytes(unknown);
    const model = await modelPackageFromBytes(onnx, { ...MANIFEST, version: sha256(onnx) });
    await expect(scorer.logits(model, [mix])).rejects.toThrow(InputError);
    await expect(scorer.logits(model, [mix])).rejects.toThrow(/cannot load the model/);

    const narrow: LogMel = { data: new Float32Array(128), bands: 128, frames: 1 };
    await expect(scorer.logits(await small(), [narrow])).rejects.toThrow(
      /fails on a spectrogram of 128/,
    );

    const broken = await small([Number.NaN, 0, 0, 0]);
    await expect(scorer.logits(broken, [mix])).rejects.toThrow(/returns NaN/);
  });
});
