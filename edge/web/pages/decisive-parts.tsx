import type { Component, PublishedExplanation } from "@lemons/shared/contract/explanation";
import { RECOMMENDED_RELEVANCE } from "@lemons/shared/explanation/scales";
import { componentSetLabel, formatRelevance } from "./format.ts";

/** A decisive set of parts in words. */
export interface DecisiveSet {
  lead: string;
  parts: string;
  meaning: string;
}

/**
 * Puts the smallest sufficient and necessary sets into words.
 *
 * @returns an empty list if no set decides; {@link explainUndecided} has the reason
 */
export function describeDecisiveSets(
  explanation: Pick<PublishedExplanation, "components" | "sufficient" | "necessary" | "decision">,
): DecisiveSet[] {
  const { components, sufficient, necessary, decision } = explanation;
  if (decision.threshold === null) return [];
  const { threshold } = decision;
  const isDefault = threshold === RECOMMENDED_RELEVANCE;
  const mark = formatRelevance(threshold);
  const sets: DecisiveSet[] = [];
  if (sufficient !== null) {
    const reached = formatRelevance(sufficient.relevance);
    sets.push({
      lead: "Fewest parts that are enough:",
      parts: labelOf(components, sufficient.components),
      meaning: isDefault
        ? `On their own they score ${reached}, still a recommendation.`
        : `On their own they score ${reached}, at least the threshold of ${mark}.`,
    });
  }
  if (necessary !== null) {
    const left = formatRelevance(necessary.relevance);
    sets.push({
      lead: "Fewest to mute to lose it:",
      parts: labelOf(components, necessary.components),
      meaning: isDefault
        ? `Without them the score is ${left}, no longer a recommendation.`
        : `Without them the score is ${left}, below the threshold of ${mark}.`,
    });
  }
  return sets;
}

/** Explains why no set of parts decides. Returns null if one does, or if masks were sampled. */
export function explainUndecided({
  decision,
}: Pick<PublishedExplanation, "decision">): string | null {
  switch (decision.reason) {
    case "not-above-silence":
      return "No part decides: the whole track scores no higher than silence.";
    case "threshold-not-between":
      return "No part decides: the threshold isn’t between the scores of silence and of the whole track.";
    case "sampled":
    case null:
      return null;
  }
}

function labelOf(components: readonly Component[], indices: readonly number[]): string {
  if (indices.length === components.length) return `all ${components.length} parts together`;
  return componentSetLabel(indices.map((index) => components[index]!));
}

/** Lists the fewest parts that are enough, and the fewest to mute to lose the recommendation. */
export function DecisiveParts({ explanation }: { explanation: PublishedExplanation }) {
  const undecided = explainUndecided(explanation);
  if (undecided !== null) return <p class="decisive">{undecided}</p>;
  return (
    <>
      {describeDecisiveSets(explanation).map(({ lead, parts, meaning }) => (
        <p class="decisive">
          {lead} <strong>{parts}</strong>. {meaning}
        </p>
      ))}
    </>
  );
}
