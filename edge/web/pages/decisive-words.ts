import type { Component, PublishedExplanation } from "@lemons/shared/contract/explanation";
import { RECOMMENDED_RELEVANCE } from "@lemons/shared/explanation/scales";
import { componentSetLabel } from "./component-label.ts";
import { formatRelevance } from "./number-format.ts";

/** What a decisive set of parts means for whoever reads the explanation. */
export interface DecisiveWords {
  lead: string;
  parts: string;
  meaning: string;
}

/**
 * The smallest sufficient and necessary sets in words.
 *
 * @returns nothing where no set decides, which {@link undecidedWords} explains
 */
export function decisiveWords(
  explanation: Pick<PublishedExplanation, "components" | "sufficient" | "necessary" | "decision">,
): DecisiveWords[] {
  const { components, sufficient, necessary, decision } = explanation;
  if (decision.threshold === null) return [];
  const { threshold } = decision;
  const isUsual = threshold === RECOMMENDED_RELEVANCE;
  const mark = formatRelevance(threshold);
  const words: DecisiveWords[] = [];
  if (sufficient !== null) {
    const reached = formatRelevance(sufficient.relevance);
    words.push({
      lead: "Alone enough:",
      parts: partsOf(components, sufficient.components),
      meaning: isUsual
        ? `With nothing else to hear, it would still be recommended (relevance ${reached}).`
        : `With nothing else to hear, the relevance is ${reached}, not below the mark of ${mark}.`,
    });
  }
  if (necessary !== null) {
    const left = formatRelevance(necessary.relevance);
    words.push({
      lead: "Without",
      parts: partsOf(components, necessary.components),
      meaning: isUsual
        ? `it would not be recommended (relevance ${left}).`
        : `the relevance falls to ${left}, below the mark of ${mark}.`,
    });
  }
  return words;
}

/** Why no set of parts decides, or null where one does or masks were only drawn. */
export function undecidedWords({
  decision,
}: Pick<PublishedExplanation, "decision">): string | null {
  switch (decision.reason) {
    case "not-above-silence":
      return "No part decides: the model finds the whole track no more relevant than silence.";
    case "threshold-not-between":
      return "No part decides: the threshold asked for does not lie between silence and the whole track.";
    case "sampled":
    case null:
      return null;
  }
}

function partsOf(components: readonly Component[], indices: readonly number[]): string {
  if (indices.length === components.length) return `all ${components.length} parts together`;
  return componentSetLabel(indices.map((index) => components[index]!));
}
