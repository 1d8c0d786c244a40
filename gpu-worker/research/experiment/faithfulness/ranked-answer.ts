import type { RankedAnswer } from "@lemons/shared/contract/faithfulness";
import type { Mask } from "@lemons/shared/explanation/mask";
import { deletionInsertion, sortedComponents } from "@lemons/shared/explanation/ranking";
import { mean, rankCorrelation } from "@lemons/shared/metrics/statistics";
import { permutation, type Random } from "../../training-data/random.ts";

/** Random rankings that a ranking is compared with. */
const RANDOM_RANKINGS = 20;

export interface RankedAnswerInput {
  /** What the components are ranked by, the most important highest. */
  values: readonly number[];
  /** Indices of the true components. */
  truth: readonly number[];
  relevanceOf: (mask: Mask) => number;
  /** Values of the planted listener; null where these are its own. */
  reference: readonly number[] | null;
  /** Components with a sound: the others are 0 to any model, and would make all alike. */
  audible: readonly number[];
}

/**
 * Judges one ranking of components: pointing game (Zhang et al., "Top-down neural attention by
 * excitation backprop", ECCV 2016: is the first one a true one?), deletion and insertion areas
 * (Petsiuk et al., BMVC 2018), and correlation with another model's (Adebayo et al., "Sanity checks
 * for saliency maps", NeurIPS 2018).
 */
export function rankedAnswer(input: RankedAnswerInput): RankedAnswer {
  const { values, truth, relevanceOf, reference, audible } = input;
  const ranking = sortedComponents(values);
  const top = ranking[0]!;
  const { deletion, insertion } = deletionInsertion(ranking, relevanceOf);
  const heard = (of: readonly number[]) => audible.map((component) => of[component]!);
  return {
    top,
    hit: truth.includes(top),
    deletion: deletion.area,
    insertion: insertion.area,
    correlation: reference && rankCorrelation(heard(values), heard(reference)),
  };
}

/** Mean areas under the curves of random rankings. */
export function randomAreas(
  components: number,
  relevanceOf: (mask: Mask) => number,
  random: Random,
): { deletion: number; insertion: number } {
  const curves = Array.from({ length: RANDOM_RANKINGS }, () =>
    deletionInsertion(permutation(components, random), relevanceOf),
  );
  return {
    deletion: mean(curves.map(({ deletion }) => deletion.area))!,
    insertion: mean(curves.map(({ insertion }) => insertion.area))!,
  };
}
