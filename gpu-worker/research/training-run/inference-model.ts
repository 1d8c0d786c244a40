import type { Architecture } from "@lemons/shared/contract/model";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { exportEncoder } from "../train/export-model.ts";
import { featuresOf } from "../train/parameters.ts";
import { type TrainState, tensorOf } from "../train/train-state.ts";
import type { InferenceModel } from "./validator.ts";

/** What training has made, as it is used. */
export function inferenceModel(architecture: Architecture, state: TrainState): InferenceModel {
  return { encoder: exportEncoder(state, architecture), heads: headsOf(architecture, state) };
}

function headsOf(architecture: Architecture, state: TrainState): LinearHead[] {
  const { heads } = architecture;
  const features = featuresOf(architecture);
  const weights = tensorOf(state, "fc.weight", [heads, features]).data;
  const biases = tensorOf(state, "fc.bias", [heads]).data;
  return Array.from(biases, (bias, head) => ({
    weights: weights.slice(head * features, (head + 1) * features),
    bias,
  }));
}
