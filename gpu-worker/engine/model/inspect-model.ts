import type { WorkerInspectLine } from "@lemons/shared/contract/gpu-worker";
import { headBytes } from "@lemons/shared/model/linear-head";
import { featuresOfSilence, logMelOfSilence } from "../recommend/features-of-audio.ts";
import { analyseModel } from "../response-table/analyse.ts";
import type { EncoderPackage, ModelPackage } from "./model-package.ts";
import type { Scorer } from "./scorer.ts";
import { sha256 } from "./split-encoder.ts";

/**
 * What a model that was read and checked consists of, and that it really runs: on silence of the length
 * of a snippet it has to answer with finite numbers, as many as it says.
 *
 * @throws InputError where it does not
 */
export async function inspectModel(
  model: EncoderPackage | ModelPackage,
  scorer: Scorer,
): Promise<Omit<Extract<WorkerInspectLine, { kind: "result" }>, "kind">> {
  const verdict = analyseModel(model);
  const noTable = verdict.applies ? null : verdict.reason;
  const { encoder, manifest } = model;
  if (!encoder) {
    // Only a whole model has no encoder.
    await scorer.logits(model as ModelPackage, [logMelOfSilence(manifest.frontEnd)]);
    return { split: null, noTable };
  }
  await featuresOfSilence(model, scorer);
  const head = "head" in model ? model.head : null;
  return {
    split: {
      encoderVersion: manifest.encoderVersion!,
      features: encoder.features,
      head: head && {
        version: sha256(headBytes(head)),
        numbers: { weights: [...head.weights], bias: head.bias },
      },
    },
    noTable,
  };
}
