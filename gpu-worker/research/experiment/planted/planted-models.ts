import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { type ModelPackage, modelPackageFromBytes } from "../../../engine/model/model-package.ts";
import { exportModel } from "../../train/export-model.ts";
import type { TrainState } from "../../train/train-state.ts";
import type { PlantedNetwork } from "./plant-network.ts";

/** The packages of a planted network's heads, all of one encoder, in the order of the sources. */
export function plantedModels({ architecture, state }: PlantedNetwork): Promise<ModelPackage[]> {
  const heads = Array.from({ length: architecture.heads }, async (_, head) => {
    const onnx = exportModel(state, architecture, head);
    return modelPackageFromBytes(onnx, {
      id: `planted-${head}`,
      version: await sha256Hex(onnx),
      frontEnd: DEFAULT_FRONT_END,
      input: "logmel",
      output: "logit",
    });
  });
  return Promise.all(heads);
}

/** A planted network whose heads are another network's: the last layer is drawn anew. */
export function withHeadsOf(planted: PlantedNetwork, other: PlantedNetwork): PlantedNetwork {
  const state: TrainState = new Map(
    [...planted.state].map(([name, tensor]) => [
      name,
      name.startsWith("fc.") ? other.state.get(name)! : tensor,
    ]),
  );
  return { ...planted, state };
}
