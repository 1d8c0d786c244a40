import type { TrainingConfig } from "@lemons/shared/contract/training";
import type { TrainState } from "../train/train-state.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import { calibrateBiases } from "./calibrate-biases.ts";
import { inferenceModel } from "./inference-model.ts";
import type { Validator } from "./validator.ts";

/** What becomes of the kept epoch's state: calibrated on the tracks trained on, where asked for. */
export async function keptState(
  state: TrainState,
  { architecture, calibration }: TrainingConfig,
  { labels, listeners }: TrainingSet,
  train: readonly number[],
  validator: Validator,
): Promise<TrainState> {
  if (calibration === "none") return state;
  const logits = await validator.logits(inferenceModel(architecture, state), train);
  const heardBy = (row: number, head: number) =>
    labels[train[row]! * listeners.length + head] === 1;
  return calibrateBiases(state, architecture, logits, heardBy);
}
