/**
 * The words for relevance and for fidelity. Summaries, command line, pages and player all take
 * their steps from here; translations hang on the ids.
 */

/** Relevance from which a track counts as recommended. */
export const RECOMMENDED_RELEVANCE = 0.5;

/** Effect of a weight on the relevance. */
export type WeightDirection = "for" | "against" | "none";

/** How well a track fits a listener, weakest first. */
export type RelevanceStepId = "very-weak" | "weak" | "fair" | "good" | "strong";

/** One of five even steps of relevance. */
export interface RelevanceStep {
  id: RelevanceStepId;
  /** 1 (weakest) to 5. */
  level: number;
  /** English, before "match": "very weak". */
  adjective: string;
  /** English, by itself: "very weak match". */
  words: string;
}

/** Relevance below which a step still applies, and its adjective; the last step has no bound. */
const RELEVANCE_BOUNDS: readonly [number, RelevanceStepId, string][] = [
  [0.2, "very-weak", "very weak"],
  [0.4, "weak", "weak"],
  [0.6, "fair", "fair"],
  [0.8, "good", "good"],
  [Number.POSITIVE_INFINITY, "strong", "strong"],
];

/** All steps of relevance, weakest first. */
export const RELEVANCE_STEPS: readonly RelevanceStep[] = RELEVANCE_BOUNDS.map(
  ([, id, adjective], i) => ({ id, level: i + 1, adjective, words: `${adjective} match` }),
);

/**
 * Returns the step of a relevance.
 *
 * @param relevance 0 to 1; a bound belongs to the step above it
 */
export function relevanceStep(relevance: number): RelevanceStep {
  return RELEVANCE_STEPS[RELEVANCE_BOUNDS.findIndex(([below]) => relevance < below)]!;
}

/** How far single weights can be trusted, most first. */
export type FidelityStepId = "very-close" | "close" | "rough" | "poor" | "very-poor";

/** One step of fidelity. */
export interface FidelityStep {
  id: FidelityStepId;
  /** English: "very close". */
  words: string;
  /** English: how to read the weights, as a sentence. */
  meaning: string;
}

/** Lowest fidelity of a step; the last step has no bound. */
const FIDELITY_BOUNDS: readonly [number, FidelityStep][] = [
  [
    0.9,
    { id: "very-close", words: "very close", meaning: "The weights describe the model very well." },
  ],
  [0.7, { id: "close", words: "close", meaning: "The weights describe the model well." }],
  [
    0.5,
    {
      id: "rough",
      words: "rough",
      meaning: "Some parts work together, so read the weights as a tendency.",
    },
  ],
  [
    0.2,
    {
      id: "poor",
      words: "poor",
      meaning: "The parts work together, so try combinations instead of reading single numbers.",
    },
  ],
  [
    Number.NEGATIVE_INFINITY,
    {
      id: "very-poor",
      words: "very poor",
      meaning: "Single numbers explain next to nothing here, so try combinations.",
    },
  ],
];

/** All steps of fidelity, closest first. */
export const FIDELITY_STEPS: readonly FidelityStep[] = FIDELITY_BOUNDS.map(([, step]) => step);

/**
 * Returns the step of a fidelity.
 *
 * @param fidelity weighted R² of the local fit: at most 1, below 0 if the mean fits better; a bound
 *   belongs to the step above it
 */
export function fidelityStep(fidelity: number): FidelityStep {
  return FIDELITY_BOUNDS.find(([from]) => fidelity >= from)![1];
}
