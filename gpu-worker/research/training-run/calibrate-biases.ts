import type { Architecture } from "@lemons/shared/contract/model";
import type { TrainingConfig } from "@lemons/shared/contract/training";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { exportInferenceModel } from "../train/export-model.ts";
import { type TrainState, tensorOf } from "../train/train-state.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import type { Validator } from "./validator.ts";

/** Magnitude of a logit at which sigmoid saturates in float64. */
const SATURATION = 60;
const HALVINGS = 60;

/**
 * Computes the shift of all logits of a head that puts relevance 0.5 between the tracks heard and the
 * others: positives and negatives then have the same mean error. This bias minimises the
 * cross-entropy in which both classes weigh the same.
 *
 * @returns the shift; 0 if one of the classes is empty
 */
export function balancingShift(logits: readonly number[], heard: readonly boolean[]): number {
  const positives = logits.filter((_, i) => heard[i]);
  const negatives = logits.filter((_, i) => !heard[i]);
  if (positives.length === 0 || negatives.length === 0) return 0;
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  /** Mean error of positives minus that of negatives; decreases with the shift. */
  const excess = (shift: number) =>
    mean(positives.map((logit) => sigmoid(-(logit + shift)))) -
    mean(negatives.map((logit) => sigmoid(logit + shift)));
  const reach = SATURATION + Math.max(...logits.map(Math.abs));
  let [low, high] = [-reach, reach];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Shifts each head's bias by {@link balancingShift}. Training sees crops, but the model scores whole
 * tracks, whose maximum over time is greater. In addition, batch statistics leave heads high or low
 * for an epoch. Both offset all logits of a head; rankings don't change.
 *
 * @param logits [tracks][heads], of the whole training tracks
 * @param heardBy returns true if the listener of a head has heard the track of a row
 * @returns a new state that shares everything except `fc.bias` with the given one
 */
export function calibrateBiases(
  state: TrainState,
  { heads }: Architecture,
  logits: readonly (readonly number[])[],
  heardBy: (row: number, head: number) => boolean,
): TrainState {
  const { dims, data } = tensorOf(state, "fc.bias", [heads]);
  const moved = data.map((bias, head) => {
    const own = logits.map((row) => row[head]!);
    return (
      bias +
      balancingShift(
        own,
        own.map((_, row) => heardBy(row, head)),
      )
    );
  });
  return new Map([...state, ["fc.bias", { dims, data: moved }]]);
}

/** Calibrates the best epoch's state on the training tracks if the configuration says so. */
export async function finishState(
  state: TrainState,
  { architecture, calibration }: TrainingConfig,
  { labels, listeners }: TrainingSet,
  train: readonly number[],
  validator: Validator,
): Promise<TrainState> {
  if (calibration === "none") return state;
  const logits = await validator.logits(exportInferenceModel(architecture, state), train);
  const heardBy = (row: number, head: number) =>
    labels[train[row]! * listeners.length + head] === 1;
  return calibrateBiases(state, architecture, logits, heardBy);
}
