import type { WorkerInspectLine } from "@lemons/shared/contract/gpu-worker";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { headBytes } from "@lemons/shared/model/linear-head";
import type { EncoderPackage, ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import { analyseForTable } from "../response-table/engines.ts";
import { featuresOfSilence, logMelOfSilence } from "./score-audio.ts";

/**
 * Describes the parts of a checked model, and runs it on silence as long as a snippet.
 *
 * @throws InputError if its output is not finite, or not of the stated size
 */
export async function inspectModel(
  model: EncoderPackage | ModelPackage,
  scorer: Scorer,
): Promise<Omit<Extract<WorkerInspectLine, { kind: "result" }>, "kind">> {
  const verdict = analyseForTable(model);
  const noTable = verdict.applies ? null : verdict.reason;
  const { encoder, manifest } = model;
  if (!encoder) {
    // Only a whole model lacks an encoder.
    const logMel = logMelOfSilence(manifest.frontEnd, scorer.runtime);
    await scorer.logits(model as ModelPackage, [logMel]);
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
