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
  /** Values of the planted listener; null where it is the one explained. */
  reference: RankedValues | null;
  enumerate: EnumerateTable;
  /** Of the random rankings. */
  random: Random;
}

/** What an explanation says, measured by the truth. */
export type PlantAnswer = Pick<
  FaithfulnessCase,
  "relevance" | "fidelity" | "components" | "lime" | "shapley" | "random"
> & { values: RankedValues };

/** Explains a track to a listener whose taste is known, exactly, and judges the answer. */
export async function explainPlant(input: ExplainPlantInput): Promise<PlantAnswer> {
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
  const judged = (method: keyof RankedValues) =>
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
    lime: judged("lime"),
    shapley: judged("shapley"),
    random: randomAreas(components, relevanceOf, random),
    values,
  };
}

/** Indices of the components of a type that make any sound, rising. */
function audibleComponents({ groups, sources }: ResponseTable, type: ExplanationType): number[] {
  const heard = groups.flatMap(({ components }) => [...components]);
  const indices = heard.map((component) => {
    if (type === "time+source") return component;
    return type === "time" ? Math.floor(component / sources) : component % sources;
  });
  return [...new Set(indices)].sort((a, b) => a - b);
}

/**
 * Whether intervention confirms that a listener answers to one component: recommended as a whole
 * and by the component alone, not without it.
 */
export function answersTo(
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
