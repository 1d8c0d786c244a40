import { WorkerInspectLine } from "@lemons/shared/contract/gpu-worker";
import { headBytes } from "@lemons/shared/model/linear-head";
import onnxProto from "onnx-proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitEncoder } from "../engine/model/split-encoder.ts";
import { readOnnx } from "../engine/onnx/read-onnx.ts";
import { onnxBytes, sha256, smallModel } from "../engine/onnx/small-model.fixture.ts";
import { allLines, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

const ONNX = onnxBytes(smallModel());
const SPLIT = splitEncoder(readOnnx(ONNX, { input: "logmel", output: "logit", bands: 256 }))!;
const ENCODER_VERSION = sha256(SPLIT.encoder.onnx);

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await startServiceFixture();
});
afterAll(() => fixture.close());

/** @param id differs from model to model, because checks are cached */
function whole(id: string, onnx: Uint8Array): object {
  const { url, sha256: version } = fixture.store.add(`/${id}.onnx`, onnx);
  return { manifest: { ...fixture.model.manifest, id, version }, url };
}

function encoder(id: string, onnx: Uint8Array): object {
  const { url, sha256: version } = fixture.store.add(`/${id}.onnx`, onnx);
  const { frontEnd } = fixture.model.manifest as { frontEnd: object };
  return { version, frontEnd, url };
}

async function inspect(model: object, outputs: object = {}) {
  const lines = await allLines(await fixture.post("/v1/inspect", { model, outputs }));
  for (const line of lines) WorkerInspectLine.parse(line);
  return lines.at(-1)!;
}

describe("POST /v1/inspect", () => {
  it("splits a whole model and stores its encoder", async () => {
    const url = `${fixture.store.origin}/found/encoder.onnx`;
    expect(await inspect(whole("small", ONNX), { encoder: { url } })).toEqual({
      kind: "result",
      split: {
        encoderVersion: ENCODER_VERSION,
        features: 4,
        head: {
          version: sha256(headBytes(SPLIT.head)),
          numbers: { weights: [...SPLIT.head.weights], bias: SPLIT.head.bias },
        },
      },
      noTable: null,
    });
    const { bytes } = fixture.store.puts.get("/found/encoder.onnx")!;
    expect(sha256(bytes)).toBe(ENCODER_VERSION);
  });

  it("recognizes an encoder", async () => {
    expect(await inspect(encoder("encoder", SPLIT.encoder.onnx))).toMatchObject({
      split: { encoderVersion: ENCODER_VERSION, features: 4, head: null },
      noTable: null,
    });
  });

  it("uses a model whole if it doesn't end in a linear head, and reports that it has no table", async () => {
    const bent = smallModel();
    bent.graph!.node![4]!.output = ["x"];
    bent.graph!.node!.push({ opType: "Tanh", input: ["x"], output: ["logit"] });
    expect(await inspect(whole("bent", onnxBytes(bent)))).toMatchObject({
      split: null,
      noTable: expect.stringContaining("linear layer"),
    });
  });

  it.each<[string, () => object, RegExp]>([
    ["no ONNX", () => whole("none", Buffer.from("no graph")), /not an ONNX model/],
    ["another form of an encoder", () => encoder("whole", ONNX), /one output, "features"/],
    ["a graph that onnxruntime refuses", () => whole("odd", odd()), /onnxruntime cannot load/],
    [
      "a graph that repeats its input",
      () => whole("huge", huge()),
      /Concat "x\d+".* exceed 1\.5 GiB/,
    ],
    ["a model with NaN weights", () => whole("nan", notANumber()), /"filters.weight" contain NaN/],
  ])("refuses %s", async (_what, model, detail) => {
    expect(await inspect(model())).toMatchObject({
      kind: "problem",
      problem: { status: 422, detail: expect.stringMatching(detail) },
    });
  });

  it("refuses a link to another origin", async () => {
    const model = whole("again", ONNX);
    const outputs = { encoder: { url: "https://elsewhere.example/encoder.onnx" } };
    const response = await fixture.post("/v1/inspect", { model, outputs });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field: "outputs.encoder.url" }] });
  });
});

/** Returns a well-formed graph with an attribute that its operator doesn't have. */
function odd(): Uint8Array {
  const model = smallModel();
  model.graph!.node![1]!.attribute = [
    { name: "odd", type: onnxProto.onnx.AttributeProto.AttributeType.INT, i: 1 },
  ];
  return onnxBytes(model);
}

/** Returns a graph of less than a kilobyte whose tensors double twelve times. */
function huge(): Uint8Array {
  const model = smallModel();
  const { node } = model.graph!;
  const doubled = Array.from({ length: 12 }, (_, i) => ({
    opType: "Concat",
    input: Array(2).fill(i === 0 ? "logmel" : `x${i}`),
    output: [`x${i + 1}`],
    attribute: [{ name: "axis", type: onnxProto.onnx.AttributeProto.AttributeType.INT, i: 3 }],
  }));
  node![0]!.input![0] = "x12";
  node!.unshift(...doubled);
  return onnxBytes(model);
}

function notANumber(): Uint8Array {
  const model = smallModel();
  const weights = model.graph!.initializer!.find(({ name }) => name === "filters.weight")!;
  weights.rawData = new Uint8Array(
    new Float32Array(weights.rawData!.length / 4).fill(Number.NaN).buffer,
  );
  return onnxProto.onnx.ModelProto.encode(model).finish();
}
