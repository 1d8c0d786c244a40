import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type {
  FaithfulnessCase,
  FaithfulnessSettings,
  RankedAnswer,
} from "@lemons/shared/contract/faithfulness";
import { fitExhaustively } from "@lemons/shared/explanation/exhaustive-fit";
import type { Mask } from "@lemons/shared/explanation/mask";
import { deletionInsertion, sortedComponents } from "@lemons/shared/explanation/ranking";
import { shapleyValues } from "@lemons/shared/explanation/shapley";
import { type EnumerateTable, viewTable } from "@lemons/shared/explanation/table-view";
import { mean, rankCorrelation } from "@lemons/shared/metrics/statistics";
import { foldTable, type ResponseTable } from "@lemons/shared/what-if/response-table";
import type { ModelPackage } from "../../../engine/model/model-package.ts";
import { permutation, type Random } from "../../training-data/random.ts";

/** Values by which the components of one explanation are ranked. */
export interface RankedValues {
  lime: number[];
  shapley: number[];
}

export interface ExplainPlantInput {
  table: ResponseTable;
  model: ModelPackage;
  type: ExplanationType;
  /** Indices of the true components. */
  truth: readonly number[];
  settings: Pick<FaithfulnessSettings, "effectiveSamples" | "kernelWidth">;
  /** Values of the planted listener, to correlate with; null when it is the one explained. */
  reference: RankedValues | null;
  enumerate: EnumerateTable;
  /** Draws the random rankings. */
  random: Random;
}

/** An explanation, judged by the truth. */
export type PlantExplanation = Pick<
  FaithfulnessCase,
  "relevance" | "fidelity" | "components" | "lime" | "shapley" | "random"
> & { values: RankedValues };

/** Explains a track exactly to a listener of known taste, and judges the explanation. */
export async function explainPlant(input: ExplainPlantInput): Promise<PlantExplanation> {
  const { table, model, type, truth, settings, reference, random } = input;
  const view = viewTable(foldTable(table, model.head!), type, input.enumerate);
  const statistics = await view.statistics();
  const { weights, fidelity } = fitExhaustively({
    ...settings,
    statistics,
    target: "relevance",
    featureSelection: "none",
  });
  const values: RankedValues = { lime: weights, shapley: [...shapleyValues(statistics)] };
  const { relevanceOf, components } = view;
  const audible = audibleComponents(table, type);
  const judge = (method: keyof RankedValues) =>
    rankedAnswer({
      values: values[method],
      truth,
      relevanceOf,
      reference: reference?.[method] ?? null,
      audible,
    });
  return {
    relevance: statistics.origin,
    fidelity,
    components,
    lime: judge("lime"),
    shapley: judge("shapley"),
    random: randomAreas(components, relevanceOf, random),
    values,
  };
}

/** Returns the indices of the components of a type that make any sound, in ascending order. */
function audibleComponents({ groups, sources }: ResponseTable, type: ExplanationType): number[] {
  const sounding = groups.flatMap(({ components }) => [...components]);
  const indices = sounding.map((component) => {
    if (type === "time+source") return component;
    return type === "time" ? Math.floor(component / sources) : component % sources;
  });
  return [...new Set(indices)].sort((a, b) => a - b);
}

/**
 * Checks by intervention that a listener responds to one component: the track is recommended as a
 * whole and with the component alone, and isn't recommended without it.
 *
 * @param components their number
 */
export function respondsTo(
  component: number,
  components: number,
  relevanceOf: (mask: Mask) => number,
): boolean {
  const all = new Uint8Array(components).fill(1);
  const without = all.slice();
  without[component] = 0;
  const alone = new Uint8Array(components);
  alone[component] = 1;
  return relevanceOf(all) >= 0.5 && relevanceOf(without) < 0.5 && relevanceOf(alone) >= 0.5;
}

/** Number of random rankings that a ranking is compared with. */
const RANDOM_RANKINGS = 20;

export interface RankedAnswerInput {
  /** Values that rank the components; the most important component has the highest. */
  values: readonly number[];
  /** Indices of the true components. */
  truth: readonly number[];
  relevanceOf: (mask: Mask) => number;
  /** Values of the planted listener, to correlate with; null if `values` are its own. */
  reference: readonly number[] | null;
  /**
   * Components that make a sound. Silent ones have the value 0 for every model and would inflate the
   * correlation.
   */
  audible: readonly number[];
}

/**
 * Judges a ranking of components by the pointing game (is the first component a true one? Zhang et
 * al., "Top-down neural attention by excitation backprop", ECCV 2016), deletion and insertion areas
 * (Petsiuk et al., BMVC 2018), and the correlation with another model's values (Adebayo et al.,
 * "Sanity checks for saliency maps", NeurIPS 2018).
 */
export function rankedAnswer(input: RankedAnswerInput): RankedAnswer {
  const { values, truth, relevanceOf, reference, audible } = input;
  const ranking = sortedComponents(values);
  const top = ranking[0]!;
  const { deletion, insertion } = deletionInsertion(ranking, relevanceOf);
  const audibleOf = (all: readonly number[]) => audible.map((component) => all[component]!);
  return {
    top,
    hit: truth.includes(top),
    deletion: deletion.area,
    insertion: insertion.area,
    correlation: reference && rankCorrelation(audibleOf(values), audibleOf(reference)),
  };
}

/** Returns the mean areas under the deletion and insertion curves of random rankings. */
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
