import { readFile } from "node:fs/promises";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { WorkerFeaturesLine } from "@lemons/shared/contract/gpu-worker";
import { ModelId } from "@lemons/shared/contract/identifier";
import { logitOfHead } from "@lemons/shared/model/linear-head";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelPackage, modelPackageFromBytes } from "../engine/model/model-package.ts";
import { sha256 } from "../engine/onnx/small-model.fixture.ts";
import { allLines, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

const FCN = new URL("../../infra/golden/fixture/fcn.onnx", import.meta.url);

let fixture: ServiceFixture;
let model: ModelPackage;
let encoder: { version: string; frontEnd: object; url: string };
beforeAll(async () => {
  fixture = await startServiceFixture();
  const onnx = await readFile(FCN);
  model = await modelPackageFromBytes(onnx, {
    id: ModelId.parse("fixture"),
    version: sha256(onnx),
    frontEnd: DEFAULT_FRONT_END,
    input: "logmel",
    output: "logit",
  });
  const { url, sha256: version } = fixture.store.add("/encoder.onnx", model.encoder!.onnx);
  encoder = { version, frontEnd: DEFAULT_FRONT_END, url };
});
afterAll(() => fixture.close());

async function post(path: string, body: object) {
  const lines = await allLines(await fixture.post(path, body));
  return lines.filter(({ kind }) => kind !== "heartbeat" && kind !== "progress");
}

const tracks = () => [{ id: "good", sound: { audio: fixture.audio } }];

function featuresIn(line: unknown): Float32Array {
  const bytes = Buffer.from((line as { features: string }).features, "base64");
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

describe("POST /v1/features", () => {
  it("returns the encoder's features of a track, which any head can score", async () => {
    expect(encoder.version).toBe(model.manifest.encoderVersion);
    const lines = await post("/v1/features", { encoder, tracks: tracks() });
    for (const line of lines) WorkerFeaturesLine.parse(line);
    const [line, last] = lines;
    expect(line).toMatchObject({ kind: "features", track: "good" });
    expect(last).toMatchObject({ kind: "result", tracks: 1, forwards: 1 });
    const silence = featuresIn({ features: (last as unknown as { silence: string }).silence });
    expect(silence).toHaveLength(model.encoder!.features);
    const features = featuresIn(line);
    expect([...silence]).not.toEqual([...features]);
    expect(features).toHaveLength(model.encoder!.features);
    const [scored] = await post("/v1/score", { models: [fixture.model], tracks: tracks() });
    const { scores, peaks } = scored as unknown as { scores: { logit: number }[]; peaks: number[] };
    expect(logitOfHead(model.head!, features)).toBe(scores[0]!.logit);
    expect(line).toMatchObject({ peaks });
  });

  it("reports a track that can't be decoded and continues", async () => {
    const garbage = fixture.store.add("/garbage", Buffer.from("not audio"));
    const lines = await post("/v1/features", {
      encoder,
      tracks: [{ id: "bad", sound: { audio: garbage } }, ...tracks()],
    });
    expect(lines[0]).toMatchObject({ kind: "track-failed", track: "bad", retryable: false });
    expect(lines[1]).toMatchObject({ kind: "features", track: "good" });
  });

  it("fails if the encoder is malformed or has another hash", async () => {
    const whole = fixture.store.add("/whole.onnx", await readFile(FCN));
    for (const [url, version, type] of [
      [whole.url, whole.sha256, "/problems/model-not-usable"],
      [encoder.url, "0".repeat(64), "/problems/link-failed"],
    ]) {
      const wrong = { ...encoder, url, version };
      const [last] = await post("/v1/features", { encoder: wrong, tracks: tracks() });
      expect(last).toMatchObject({ kind: "problem", problem: { type } });
    }
  });

  it("refuses a link to another origin", async () => {
    const wrong = { ...encoder, url: "https://elsewhere.example/encoder.onnx" };
    const response = await fixture.post("/v1/features", { encoder: wrong, tracks: tracks() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field: "encoder.url" }] });
  });
});

describe("a model in two parts", () => {
  const question = {
    type: "time",
    neighbourhood: { kind: "sampled", samples: 6, seed: 1 },
  };
  const parts = () => {
    const { id, version, encoderVersion, headVersion, frontEnd } = model.manifest;
    const { weights, bias } = model.head!;
    return {
      manifest: { id, version, encoderVersion, headVersion, frontEnd },
      encoder: { url: encoder.url },
      head: { weights: [...weights], bias },
    };
  };

  it("gives the same explanation as the whole model", async () => {
    const explain = async (id: string, body: object) =>
      (await post("/v1/explain", fixture.explainBody(id, { question, outputs: {}, ...body }))).at(
        -1,
      );
    const whole = await explain("1", {});
    const split = await explain("2", { model: parts() });
    const { timings: _timings, engine: _engine, ...expected } = whole!.explanation!;
    expect(split!.explanation).toMatchObject(expected);
  });

  it("is refused with another head than its manifest states", async () => {
    const { head, encoder: link, manifest } = parts();
    const other = { ...head, bias: head.bias + 1 };
    const model = { manifest: { ...manifest, id: "other" }, encoder: link, head: other };
    const body = { question, model };
    const lines = await post("/v1/explain", fixture.explainBody("3", body));
    expect(lines.at(-1)).toMatchObject({
      problem: { type: "/problems/model-not-usable", detail: expect.stringContaining("head") },
    });
  });

  it("has the same response table by its encoder alone", async () => {
    const table = async (id: string, of: object) => {
      const url = `${fixture.store.origin}/${id}/table.bin`;
      const lines = await post("/v1/table", {
        id: id.padStart(32, "0"),
        model: of,
        sound: { audio: fixture.audio },
        separator: "dsp",
        segments: 2,
        outputs: { table: { url } },
      });
      expect(lines.at(-1)).toMatchObject({ record: { encoderVersion: encoder.version } });
      return fixture.store.puts.get(`/${id}/table.bin`)!.bytes;
    };
    const whole = await table("4", fixture.model);
    expect(Buffer.compare(await table("5", encoder), whole)).toBe(0);
  });
});
