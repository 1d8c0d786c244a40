import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import type { ModelManifest } from "@lemons/shared/contract/model";
import { onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";

/** A model's file. */
export const ONNX = onnxBytes(smallModel());

/** The manifest that goes with it. */
export const MANIFEST: ModelManifest = {
  id: "small",
  version: sha256(ONNX),
  frontEnd: DEFAULT_FRONT_END,
  input: "logmel",
  output: "logit",
};

/** No model's version. */
export const OTHER_VERSION = "0".repeat(64);
