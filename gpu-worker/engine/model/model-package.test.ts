import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { onnxBytes, smallModel, sha256 } from "../onnx/small-model.fixture.ts";
import { modelPackageFromBytes } from "./model-package.ts";
import { MANIFEST, ONNX, OTHER_VERSION } from "./small-package.fixture.ts";

describe("modelPackageFromBytes", () => {
  it("adds the versions of encoder and head", () => {
    const model = modelPackageFromBytes(ONNX, MANIFEST);
    expect(model.manifest).toMatchObject(MANIFEST);
    expect(model.manifest.encoderVersion).toBe(sha256(model.encoder!.onnx));
    expect(modelPackageFromBytes(ONNX, model.manifest)).toEqual(model);
  });

  it("keeps a model whole that has no linear head", () => {
    const whole = smallModel();
    whole.graph!.node![4]!.output = ["x"];
    whole.graph!.node!.push({ opType: "Tanh", input: ["x"], output: ["logit"] });
    const onnx = onnxBytes(whole);
    const model = modelPackageFromBytes(onnx, { ...MANIFEST, version: sha256(onnx) });
    expect(model).toMatchObject({ encoder: null, head: null });
    expect(model.manifest).not.toHaveProperty("encoderVersion");
  });

  it.each([
    ["version", /not the version that its manifest names/],
    ["encoderVersion", /the encoder .* its manifest says 0{64}/],
    ["headVersion", /the head .* its manifest says 0{64}/],
  ])("turns away another %s than the manifest's", (key, message) => {
    const manifest = { ...MANIFEST, [key]: OTHER_VERSION };
    expect(() => modelPackageFromBytes(ONNX, manifest)).toThrow(InputError);
    expect(() => modelPackageFromBytes(ONNX, manifest)).toThrow(message);
  });
});
