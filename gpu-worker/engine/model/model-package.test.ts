import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";
import { modelPackageFromBytes } from "./model-package.ts";
import { MANIFEST, ONNX, OTHER_VERSION } from "./small-package.fixture.ts";

describe("modelPackageFromBytes", () => {
  it("adds the versions of encoder and head", async () => {
    const model = await modelPackageFromBytes(ONNX, MANIFEST);
    expect(model.manifest).toMatchObject(MANIFEST);
    expect(model.manifest.encoderVersion).toBe(sha256(model.encoder!.onnx));
    expect(await modelPackageFromBytes(ONNX, model.manifest)).toEqual(model);
  });

  it("keeps a model without a linear head whole", async () => {
    const whole = smallModel();
    whole.graph!.node![4]!.output = ["x"];
    whole.graph!.node!.push({ opType: "Tanh", input: ["x"], output: ["logit"] });
    const onnx = onnxBytes(whole);
    const model = await modelPackageFromBytes(onnx, { ...MANIFEST, version: sha256(onnx) });
    expect(model).toMatchObject({ encoder: null, head: null });
    expect(model.manifest).not.toHaveProperty("encoderVersion");
  });

  it.each([
    ["version", /not the version that its manifest states/],
    ["encoderVersion", /the encoder .* its manifest states 0{64}/],
    ["headVersion", /the head .* its manifest states 0{64}/],
  ])("rejects another %s than the manifest's", async (key, message) => {
    const manifest = { ...MANIFEST, [key]: OTHER_VERSION };
    await expect(modelPackageFromBytes(ONNX, manifest)).rejects.toThrow(InputError);
    await expect(modelPackageFromBytes(ONNX, manifest)).rejects.toThrow(message);
  });
});
