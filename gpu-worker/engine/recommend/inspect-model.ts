import type { WorkerInspectLine } from "@lemons/shared/contract/gpu-worker";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { headBytes } from "@lemons/shared/model/linear-head";
import type { EncoderPackage, ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import { analyseModel } from "../response-table/analyse.ts";
import { featuresOfSilence, logMelOfSilence } from "./features-of-audio.ts";

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
        version: await sha256Hex(headBytes(head)),
        numbers: { weights: [...head.weights], bias: head.bias },
      },
    },
    noTable,
  };
}
