import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import type { SharedModelManifest } from "@lemons/shared/contract/shared-model";
import { encodeHeads } from "@lemons/shared/model/heads-file";
import { headBytes } from "@lemons/shared/model/linear-head";
import { versionOfParts } from "@lemons/shared/model/model-version";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { composeOnnx } from "../onnx/compose-onnx.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { onnxBytes, smallModel, sha256 } from "../onnx/small-model.fixture.ts";
import { modelPackageFromBytes } from "./model-package.ts";
import { readModelPackage } from "./node/read-model-package.ts";
import { readEncoder } from "./read-encoder.ts";
import { createScorer } from "./scorer.ts";
import { modelOfListener, sharedPackageFiles, sharedPackageFromBytes } from "./shared-package.ts";
import { splitEncoder } from "./split-encoder.ts";

const SPLIT = splitEncoder(
  readOnnx(onnxBytes(smallModel()), { input: "logmel", output: "logit", bands: 256 }),
)!;
const ENCODER = SPLIT.encoder.onnx;
const OTHER_HEAD = { weights: Float32Array.of(-0.1, 0.2, 0.3, -0.4), bias: -0.5 };
const FILES = sharedPackageFiles({
  id: "pair",
  frontEnd: DEFAULT_FRONT_END,
  training: { seed: 7 },
  encoder: ENCODER,
  listeners: [
    { listener: "ilse", head: SPLIT.head },
    {
      listener: "bram",
      head: OTHER_HEAD,
      metrics: { test: { auc: 0.5, ap: 0.4, n: 9, positives: 2 } },
    },
  ],
});
const content = (name: string) => FILES.find((file) => file.name === name)!.content;
const HEADS = content("heads.safetensors") as Uint8Array;
const MANIFEST: SharedModelManifest = JSON.parse(content("model.json") as string);
const WRONG = "0".repeat(64);

describe("a shared-encoder package", () => {
  it("is three files, the manifest last", () => {
    expect(FILES.map(({ name }) => name)).toEqual([
      "encoder.onnx",
      "heads.safetensors",
      "model.json",
    ]);
    expect(MANIFEST).toMatchObject({
      encoderVersion: SPLIT.encoderVersion,
      features: 4,
      listeners: [
        { listener: "ilse", headVersion: SPLIT.headVersion },
        { listener: "bram", headVersion: sha256(headBytes(OTHER_HEAD)) },
      ],
    });
  });

  it("has a model for each of its listeners", async () => {
    const shared = sharedPackageFromBytes(MANIFEST, { encoder: ENCODER, heads: HEADS });
    const bram = await modelOfListener(shared, "bram");
    const { encoderVersion } = MANIFEST;
    const { headVersion, metrics } = MANIFEST.listeners[1]!;
    expect(bram.manifest).toEqual({
      id: "pair-bram",
      listener: "bram",
      version: await versionOfParts({ encoderVersion, headVersion }),
      package: "pair",
      encoderVersion,
      headVersion,
      metrics,
      frontEnd: DEFAULT_FRONT_END,
      input: "logmel",
      output: "logit",
    });
    expect(bram.head).toEqual(OTHER_HEAD);
    await expect(modelOfListener(shared, "bran")).rejects.toThrow(/"bran"; the nearest is "bram"/);
  });

  it("answers as the composed model does, in one forward pass for all heads", async () => {
    const shared = sharedPackageFromBytes(MANIFEST, { encoder: ENCODER, heads: HEADS });
    const models = [await modelOfListener(shared, "ilse"), await modelOfListener(shared, "bram")];
    const composed = models.map(({ encoder, head, manifest }) => {
      const onnx = composeOnnx(encoder!.onnx, head!);
      const { package: _, ...rest } = manifest;
      return modelPackageFromBytes(onnx, { ...rest, version: sha256(onnx) });
    });
    const data = Float32Array.from({ length: 256 * 20 }, (_, i) => 40 * Math.sin(i));
    const logMel = { bands: 256, frames: 20, data };
    const scorer = createScorer({ runtime: createNodeRuntime({ provider: "cpu", threads: 1 }) });
    try {
      const { logits, forwards } = await scorer.logitsOfModels(models, logMel);
      expect(forwards).toBe(1);
      for (const [index, { onnx, manifest }] of composed.entries()) {
        const whole = {
          manifest: { ...manifest, encoderVersion: undefined },
          onnx,
          encoder: null,
          head: null,
        };
        const [logit] = await scorer.logits(whole, [logMel]);
        expect(logits[index]).toBeCloseTo(logit!, 4);
      }
    } finally {
      await scorer.dispose();
    }
  });

  it.each<[string, object, RegExp]>([
    ["another encoder", { encoderVersion: WRONG }, /the encoder of "pair" has the version/],
    ["another number of features", { features: 5 }, /says 5 features, its encoder has 4/],
    ["fewer listeners", { listeners: MANIFEST.listeners.slice(1) }, /names 1 listeners.* 2 rows/],
    [
      "another head",
      { listeners: [MANIFEST.listeners[0], { listener: "bram", headVersion: WRONG }] },
      /the head of "bram" in row 1/,
    ],
    ["other bands", { frontEnd: { ...DEFAULT_FRONT_END, nMels: 64 } }, /\[batch, 1, bands, time\]/],
  ])("is refused where its manifest names %s", (_what, change, message) => {
    const manifest = { ...MANIFEST, ...change };
    const read = () => sharedPackageFromBytes(manifest, { encoder: ENCODER, heads: HEADS });
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  it("is refused with damaged or foreign heads", () => {
    const read = (heads: Uint8Array) => () =>
      sharedPackageFromBytes(MANIFEST, { encoder: ENCODER, heads });
    expect(read(HEADS.subarray(0, -4))).toThrow(/heads\.safetensors: /);
    const narrow = encodeHeads([{ weights: Float32Array.of(1), bias: 0 }]);
    expect(read(narrow)).toThrow(/its heads have 1/);
  });

  it("is not written where it could not be read again", () => {
    const parts = { id: "pair", frontEnd: DEFAULT_FRONT_END, encoder: ENCODER };
    const head = OTHER_HEAD;
    const twice = [
      { listener: "ilse", head },
      { listener: "ilse", head },
    ];
    expect(() => sharedPackageFiles({ ...parts, listeners: twice })).toThrow(/has a head already/);
    const long = [{ listener: "l".repeat(60), head }];
    expect(() => sharedPackageFiles({ ...parts, listeners: long })).toThrow(/too long/);
    const whole = onnxBytes(smallModel());
    const listeners = [{ listener: "ilse", head }];
    expect(() => sharedPackageFiles({ ...parts, encoder: whole, listeners })).toThrow(InputError);
  });
});

describe("readEncoder", () => {
  it("reads what splitting writes", () => {
    expect(readEncoder(ENCODER, 256)).toEqual({
      onnx: ENCODER,
      features: 4,
      version: SPLIT.encoderVersion,
    });
  });

  it("refuses another form of the same encoder, and what is no encoder", () => {
    // A producer's name: onnxruntime would compute the same, the hash would be another.
    const named = Buffer.concat([ENCODER, Buffer.from([0x12, 1, 0x78])]);
    expect(() => readEncoder(named, 256)).toThrow(/canonical form/);
    expect(() => readEncoder(onnxBytes(smallModel()), 256)).toThrow(/one output, "features"/);
    expect(() => readEncoder(Buffer.from("no model"), 256)).toThrow(InputError);
  });
});

describe("composeOnnx", () => {
  it("gives the same bytes every time, which split into the same parts", () => {
    const onnx = composeOnnx(ENCODER, OTHER_HEAD);
    expect(sha256(composeOnnx(ENCODER, OTHER_HEAD))).toBe(sha256(onnx));
    const split = splitEncoder(readOnnx(onnx, { input: "logmel", output: "logit", bands: 256 }))!;
    expect(split.encoderVersion).toBe(SPLIT.encoderVersion);
    expect(split.head).toEqual(OTHER_HEAD);
  });
});

describe("readModelPackage of a shared-encoder package", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lemons-shared-"));
    for (const { name, content } of FILES) await writeFile(join(folder, name), content);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("reads the model of a listener", async () => {
    const model = await readModelPackage(folder, "ilse");
    expect(model.manifest).toMatchObject({ id: "pair-ilse", headVersion: SPLIT.headVersion });
    expect(model.head).toEqual(SPLIT.head);
  });

  it("wants to know which listener's, unless there is one only", async () => {
    await expect(readModelPackage(folder)).rejects.toThrow(/heads of 2 listeners.*--listener/);
    const listeners = [{ listener: "solo", head: OTHER_HEAD }];
    for (const { name, content } of sharedPackageFiles({
      id: "one",
      frontEnd: DEFAULT_FRONT_END,
      encoder: ENCODER,
      listeners,
    })) {
      await writeFile(join(folder, name), content);
    }
    expect((await readModelPackage(folder)).manifest.id).toBe("one-solo");
  });

  it.each([
    ["encoder.onnx", /encoder\.onnx is missing/],
    ["heads.safetensors", /heads\.safetensors is missing/],
  ])("says that %s is missing", async (name, message) => {
    await rm(join(folder, name));
    await expect(readModelPackage(folder, "ilse")).rejects.toThrow(InputError);
    await expect(readModelPackage(folder, "ilse")).rejects.toThrow(message);
  });

  it.each([
    [{ ...MANIFEST, format: "other" }, /model\.json: format/],
    [{ ...MANIFEST, surprise: 1 }, /model\.json: manifest: .*surprise/],
    [{ ...MANIFEST, listeners: [] }, /model\.json: listeners/],
  ])("turns away a wrong manifest", async (manifest, message) => {
    await writeFile(join(folder, "model.json"), JSON.stringify(manifest));
    await expect(readModelPackage(folder, "ilse")).rejects.toThrow(message);
  });
});
