import { englishSummary } from "./summary-english.ts";
import { type SummaryFacts, type SummaryValues, summaryFacts } from "./summary-facts.ts";

/** Puts the facts of an explanation into one sentence of some language. */
export type SummaryWording = (facts: SummaryFacts) => string;

/**
 * The explanation in one sentence that a listener understands, such as "Recommended mostly for its
 * drums at 6 to 12 s; its vocals at 0 to 6 s speak against it."
 *
 * It follows from the contract's values alone. It says so where the track is not recommended
 * (relevance below 0.5), where the fit is poor (fidelity below 0.5; below 0.2 no part is named),
 * where nothing speaks for the verdict, where nothing matters, and where all parts matter alike.
 */
export function summarise(values: SummaryValues, wording: SummaryWording = englishSummary): string {
  return wording(summaryFacts(values));
}
