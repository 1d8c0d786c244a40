/** The five steps of a relevance, from the weakest: below .2, .4, .6, .8, and above. */
const STEPS = [
  { below: 0.2, words: "very weak" },
  { below: 0.4, words: "weak" },
  { below: 0.6, words: "fair" },
  { below: 0.8, words: "good" },
  { below: Number.POSITIVE_INFINITY, words: "strong" },
] as const;

/**
 * The step of a relevance.
 *
 * @param relevance 0 to 1
 * @returns step 1 to 5, and what it is called
 */
export function relevanceStep(relevance: number): { step: number; words: string } {
  const position = STEPS.findIndex(({ below }) => relevance < below);
  return { step: position + 1, words: STEPS[position]!.words };
}
