import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ModelId } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";
import { onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";

/** File of a small model. */
export const ONNX = onnxBytes(smallModel());

/** Manifest of the small model. */
export const MANIFEST: ModelManifest = {
  id: ModelId.parse("small"),
  version: sha256(ONNX),
  frontEnd: DEFAULT_FRONT_END,
  input: "logmel",
  output: "logit",
};

/** A version that no model has. */
export const OTHER_VERSION = "0".repeat(64);
