const STEPS = ["very unlikely", "unlikely", "undecided", "likely", "very likely"] as const;

/** Whether the listener will like it, in five even steps: below .2, .4, .6, .8, above. */
export function relevanceInWords(relevance: number): (typeof STEPS)[number] {
  return STEPS[Math.min(STEPS.length - 1, Math.floor(relevance * STEPS.length))]!;
}
