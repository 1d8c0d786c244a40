import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import type { SharedModelManifest } from "@lemons/shared/contract/model";
import { encodeHeads } from "@lemons/shared/model/heads-file";
import { headBytes, versionOfParts } from "@lemons/shared/model/linear-head";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { modelPackageFromBytes } from "./model-package.ts";
import { readModelPackage } from "./node/read-model-package.ts";
import { createScorer } from "./scorer.ts";
import { modelOfListener, sharedPackageFiles, sharedPackageFromBytes } from "./shared-package.ts";
import { composeOnnx, readEncoder, splitEncoder } from "./split-encoder.ts";

const SPLIT = splitEncoder(
  readOnnx(onnxBytes(smallModel()), { input: "logmel", output: "logit", bands: 256 }),
)!;
const ENCODER = SPLIT.encoder.onnx;
const ENCODER_VERSION = sha256(ENCODER);
const HEAD_VERSION = sha256(headBytes(SPLIT.head));
const OTHER_HEAD = { weights: Float32Array.of(-0.1, 0.2, 0.3, -0.4), bias: -0.5 };
const FILES = await sharedPackageFiles({
  id: ModelId.parse("pair"),
  frontEnd: DEFAULT_FRONT_END,
  training: { seed: 7 },
  encoder: ENCODER,
  listeners: [
    { listener: ListenerId.parse("ilse"), head: SPLIT.head },
    {
      listener: ListenerId.parse("bram"),
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
      encoderVersion: ENCODER_VERSION,
      features: 4,
      listeners: [
        { listener: "ilse", headVersion: HEAD_VERSION },
        { listener: "bram", headVersion: sha256(headBytes(OTHER_HEAD)) },
      ],
    });
  });

  it("has a model for each of its listeners", async () => {
    const shared = await sharedPackageFromBytes(MANIFEST, { encoder: ENCODER, heads: HEADS });
    const bram = await modelOfListener(shared, ListenerId.parse("bram"));
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
    await expect(modelOfListener(shared, ListenerId.parse("bran"))).rejects.toThrow(
      /"bran"; the nearest is "bram"/,
    );
  });

  it("scores like the composed models, in one forward pass for all heads", async () => {
    const shared = await sharedPackageFromBytes(MANIFEST, { encoder: ENCODER, heads: HEADS });
    const models = [
      await modelOfListener(shared, ListenerId.parse("ilse")),
      await modelOfListener(shared, ListenerId.parse("bram")),
    ];
    const composed = await Promise.all(
      models.map(({ encoder, head, manifest }) => {
        const onnx = composeOnnx(encoder!.onnx, head!);
        const { package: _, ...rest } = manifest;
        return modelPackageFromBytes(onnx, { ...rest, version: sha256(onnx) });
      }),
    );
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
    ["another number of features", { features: 5 }, /states 5 features, its encoder has 4/],
    ["fewer listeners", { listeners: MANIFEST.listeners.slice(1) }, /names 1 listeners.* 2 rows/],
    [
      "another head",
      { listeners: [MANIFEST.listeners[0], { listener: "bram", headVersion: WRONG }] },
      /the head of "bram" in row 1/,
    ],
    ["other bands", { frontEnd: { ...DEFAULT_FRONT_END, nMels: 64 } }, /\[batch, 1, bands, time\]/],
  ])("is rejected if its manifest states %s", async (_what, change, message) => {
    const manifest = { ...MANIFEST, ...change };
    const read = () => sharedPackageFromBytes(manifest, { encoder: ENCODER, heads: HEADS });
    await expect(read()).rejects.toThrow(InputError);
    await expect(read()).rejects.toThrow(message);
  });

  it("is rejected with damaged or foreign heads", async () => {
    const read = (heads: Uint8Array) =>
      sharedPackageFromBytes(MANIFEST, { encoder: ENCODER, heads });
    await expect(read(HEADS.subarray(0, -4))).rejects.toThrow(/heads\.safetensors: /);
    const narrow = encodeHeads([{ weights: Float32Array.of(1), bias: 0 }]);
    await expect(read(narrow)).rejects.toThrow(/its heads have 1/);
  });

  it("is not written if it could not be read again", async () => {
    const parts = { id: ModelId.parse("pair"), frontEnd: DEFAULT_FRONT_END, encoder: ENCODER };
    const head = OTHER_HEAD;
    const twice = [
      { listener: ListenerId.parse("ilse"), head },
      { listener: ListenerId.parse("ilse"), head },
    ];
    await expect(sharedPackageFiles({ ...parts, listeners: twice })).rejects.toThrow(
      /already has a head/,
    );
    const long = [{ listener: ListenerId.parse("l".repeat(60)), head }];
    await expect(sharedPackageFiles({ ...parts, listeners: long })).rejects.toThrow(
      /longer than 64 characters/,
    );
    const whole = onnxBytes(smallModel());
    const listeners = [{ listener: ListenerId.parse("ilse"), head }];
    await expect(sharedPackageFiles({ ...parts, encoder: whole, listeners })).rejects.toThrow(
      InputError,
    );
  });
});

describe("readEncoder", () => {
  it("reads the encoder that splitting writes", async () => {
    expect(await readEncoder(ENCODER, DEFAULT_FRONT_END)).toEqual({
      onnx: ENCODER,
      features: 4,
      version: ENCODER_VERSION,
    });
  });

  it("rejects another form of the same encoder, and other models", async () => {
    // A producer's name: onnxruntime would compute the same, the hash would be another.
    const named = Buffer.concat([ENCODER, Buffer.from([0x12, 1, 0x78])]);
    await expect(readEncoder(named, DEFAULT_FRONT_END)).rejects.toThrow(/canonical form/);
    await expect(readEncoder(onnxBytes(smallModel()), DEFAULT_FRONT_END)).rejects.toThrow(
      /one output, "features"/,
    );
    await expect(readEncoder(Buffer.from("no model"), DEFAULT_FRONT_END)).rejects.toThrow(
      InputError,
    );
  });
});

describe("composeOnnx", () => {
  it("writes the same bytes every time, which split into the same parts", () => {
    const onnx = composeOnnx(ENCODER, OTHER_HEAD);
    expect(sha256(composeOnnx(ENCODER, OTHER_HEAD))).toBe(sha256(onnx));
    const split = splitEncoder(readOnnx(onnx, { input: "logmel", output: "logit", bands: 256 }))!;
    expect(split.encoder.onnx).toEqual(ENCODER);
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

  it("reads a listener's model", async () => {
    const model = await readModelPackage(folder, ListenerId.parse("ilse"));
    expect(model.manifest).toMatchObject({ id: "pair-ilse", headVersion: HEAD_VERSION });
    expect(model.head).toEqual(SPLIT.head);
  });

  it("requires a listener unless the package has only one", async () => {
    await expect(readModelPackage(folder)).rejects.toThrow(/heads of 2 listeners.*--listener/);
    const listeners = [{ listener: ListenerId.parse("solo"), head: OTHER_HEAD }];
    for (const { name, content } of await sharedPackageFiles({
      id: ModelId.parse("one"),
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
  ])("reports that %s is missing", async (name, message) => {
    await rm(join(folder, name));
    await expect(readModelPackage(folder, ListenerId.parse("ilse"))).rejects.toThrow(InputError);
    await expect(readModelPackage(folder, ListenerId.parse("ilse"))).rejects.toThrow(message);
  });

  it.each([
    [{ ...MANIFEST, format: "other" }, /model\.json: format/],
    [{ ...MANIFEST, surprise: 1 }, /model\.json: manifest: .*surprise/],
    [{ ...MANIFEST, listeners: [] }, /model\.json: listeners/],
  ])("rejects a wrong manifest", async (manifest, message) => {
    await writeFile(join(folder, "model.json"), JSON.stringify(manifest));
    await expect(readModelPackage(folder, ListenerId.parse("ilse"))).rejects.toThrow(message);
  });
});
