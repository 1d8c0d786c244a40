import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import type { WorkerInspectLine } from "@lemons/shared/contract/gpu-worker";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { headBytes } from "@lemons/shared/model/linear-head";
import onnxProto from "onnx-proto";
import { InputError } from "../input-error.ts";
import type { EncoderPackage, ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import { floatsOf } from "../onnx/tensors.ts";
import { analyseForTable } from "../response-table/engines.ts";
import { logMelOfSilence } from "./score-audio.ts";

/** Lengths of silence that a model has to run on: its input must not have a fixed length. */
const TRIAL_SECONDS = [SNIPPET_SECONDS, SNIPPET_SECONDS - 1];

/**
 * Runs a model on silence of two lengths.
 *
 * @throws InputError if onnxruntime refuses it, it fails on one of the lengths, a weight is NaN, or its
 *   output is not finite or not of the stated size
 */
export async function checkModelRuns(
  model: EncoderPackage | ModelPackage,
  scorer: Scorer,
): Promise<void> {
  const { encoder, manifest } = model;
  // The whole model keeps the names of its weights; an encoder in canonical form has none.
  const onnx = ("onnx" in model ? model.onnx : null) ?? encoder?.onnx;
  if (onnx) checkWeights(onnx);
  if ("head" in model && model.head) checkNumbers("head", model.head.weights);
  for (const seconds of TRIAL_SECONDS) {
    const logMel = logMelOfSilence(manifest.frontEnd, scorer.runtime, seconds);
    if (encoder) await scorer.pooledFeatures(model, logMel);
    // Only a whole model lacks an encoder.
    else await scorer.logits(model as ModelPackage, [logMel]);
  }
}

/** Operators such as MaxPool and Relu may drop a NaN, so the output alone doesn't show it. */
function checkWeights(onnx: Uint8Array): void {
  for (const tensor of onnxProto.onnx.ModelProto.decode(onnx).graph?.initializer ?? []) {
    const values = floatsOf(tensor);
    if (values) checkNumbers(tensor.name ?? "", values);
  }
}

function checkNumbers(name: string, values: Float32Array): void {
  if (values.some(Number.isNaN)) throw new InputError(`the model's weights "${name}" contain NaN`);
}

/**
 * Describes the parts of a model after running it on silence.
 *
 * @throws InputError as {@link checkModelRuns} does
 */
export async function inspectModel(
  model: EncoderPackage | ModelPackage,
  scorer: Scorer,
): Promise<Omit<Extract<WorkerInspectLine, { kind: "result" }>, "kind">> {
  const verdict = analyseForTable(model);
  const noTable = verdict.applies ? null : verdict.reason;
  await checkModelRuns(model, scorer);
  const { encoder, manifest } = model;
  if (!encoder) return { split: null, noTable };
  const head = "head" in model ? model.head : null;
  return {
    split: {
      encoderVersion: manifest.encoderVersion!,
      features: encoder.features,
      head: head && {
        version: await sha256Hex(headBytes(head)),
        numbers: { weights: [...head.weights], bias: head.bias },
      },
    },
    noTable,
  };
}
