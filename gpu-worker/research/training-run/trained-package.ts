import type { ModelId } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";
import type { PartMetrics, TrainingConfig } from "@lemons/shared/contract/training";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { modelPackageFromBytes } from "../../engine/model/model-package.ts";
import { sharedPackageFiles } from "../../engine/model/shared-package.ts";
import type { OutFile } from "../../process/out-folder.ts";
import { exportInferenceModel, exportModel } from "../train/export-model.ts";
import type { TrainState } from "../train/train-state.ts";

/** A trained network with the facts for its manifest. */
export interface TrainedPackage {
  id: ModelId;
  config: TrainingConfig;
  state: TrainState;
  /** Results by part; null for a part without tracks. */
  metrics: Record<"validation" | "test", PartMetrics | null>;
  epoch: number;
}

const TRAINED_WITH = "lemons train";

/** Returns a package's facts about its training. */
function trainingFacts({ config, epoch }: TrainedPackage) {
  const { listeners: _named, frontEnd: _stated, ...rest } = config;
  return { ...rest, epoch };
}

type HeadResults = NonNullable<ModelManifest["metrics"]>;

/** Returns the results of one head in the manifest's form. */
export function metricsOf(metrics: TrainedPackage["metrics"], head: number): HeadResults {
  const results: HeadResults = {};
  for (const [part, measured] of Object.entries(metrics)) {
    const result = measured?.listeners[head];
    if (!result) continue;
    const { auc, ap, tracks: n, positives } = result;
    results[part] = { auc, ap, n, positives };
  }
  return results;
}

/**
 * Builds one listener's package: `model.onnx` and `model.json`.
 *
 * @param head index of the listener's head
 */
export function listenerPackage(trained: TrainedPackage, head: number): Promise<OutFile[]> {
  const { config, state, id, metrics } = trained;
  return listenerFiles(exportModel(state, config.architecture, head), {
    id,
    listener: config.listeners[head]!,
    frontEnd: config.frontEnd,
    trainedWith: TRAINED_WITH,
    metrics: metricsOf(metrics, head),
  });
}

/**
 * Builds the files of one listener's package.
 *
 * @param onnx model with input `logmel` and output `logit`
 */
export async function listenerFiles(
  onnx: Uint8Array,
  description: Omit<ModelManifest, "version" | "input" | "output">,
): Promise<OutFile[]> {
  const signature = { version: await sha256Hex(onnx), input: "logmel", output: "logit" };
  const { manifest } = await modelPackageFromBytes(onnx, { ...description, ...signature });
  return [
    { name: "model.onnx", content: onnx },
    { name: "model.json", content: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
}

/** Builds a shared-encoder package: `encoder.onnx`, `heads.safetensors` and `model.json`. */
export function sharedPackage(trained: TrainedPackage): Promise<OutFile[]> {
  const { config, state, id } = trained;
  const { encoder, heads } = exportInferenceModel(config.architecture, state);
  return sharedPackageFiles({
    id,
    frontEnd: config.frontEnd,
    trainedWith: TRAINED_WITH,
    training: trainingFacts(trained),
    encoder,
    listeners: config.listeners.map((listener, head) => ({
      listener,
      head: heads[head]!,
      metrics: metricsOf(trained.metrics, head),
    })),
  });
}
