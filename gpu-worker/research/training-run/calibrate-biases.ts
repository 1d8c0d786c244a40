import type { Architecture } from "@lemons/shared/contract/model";
import type { TrainingConfig } from "@lemons/shared/contract/training";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { exportInferenceModel } from "../train/export-model.ts";
import { type TrainState, tensorOf } from "../train/train-state.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import type { Validator } from "./validator.ts";

/** Logits beyond which a sigmoid in float64 does not move any more. */
const FARTHEST = 60;
const HALVINGS = 60;

/**
 * How far all logits of a head have to move so that relevance 0.5 lies between the tracks heard and
 * the others: where a positive is missed, on average, by as much as a negative. That is the optimum,
 * in the bias alone, of the cross-entropy in which both classes weigh the same.
 *
 * @returns 0 where one of the classes is empty
 */
export function balancingShift(logits: readonly number[], heard: readonly boolean[]): number {
  const positives = logits.filter((_, i) => heard[i]);
  const negatives = logits.filter((_, i) => !heard[i]);
  if (positives.length === 0 || negatives.length === 0) return 0;
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  /** Falls as the shift grows. */
  const excess = (shift: number) =>
    mean(positives.map((logit) => sigmoid(-(logit + shift)))) -
    mean(negatives.map((logit) => sigmoid(logit + shift)));
  const reach = FARTHEST + Math.max(...logits.map(Math.abs));
  let [low, high] = [-reach, reach];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Moves each head's bias by {@link balancingShift}. Training hears crops, the model whole tracks,
 * whose maximum over time is greater; and batch statistics leave heads high or low for an epoch. Both
 * move all logits of a head together, which changes no ranking and is put right here.
 *
 * @param logits of the tracks trained on, heard whole, [tracks][heads]
 * @param heardBy whether a row's track was heard by a head's listener
 * @returns a state of its own; everything but `fc.bias` is shared with the given one
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

/** What becomes of the kept epoch's state: calibrated on the tracks trained on, where asked for. */
export async function keptState(
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
