import type { Component, Explanation } from "@lemons/shared/contract/explanation";

/** A longer list of parts is cut short. */
const MAX_NAMED = 6;

/**
 * On which parts the relevance hangs: the fewest that are enough alone, and the fewest without which
 * it drops. Nothing where masks were sampled.
 */
export function decisiveRows(explanation: Explanation): string[] {
  const { sufficient, necessary, decision, components } = explanation;
  if (decision.reason !== null) {
    const why = reasonInWords(decision.reason);
    return why ? [`decisive    no parts: ${why}`] : [];
  }
  const level = decision.threshold.toFixed(3);
  const namesOf = (indices: readonly number[]) => list(indices.map((i) => nameOf(components[i]!)));
  return [
    `enough      ${namesOf(sufficient!.components)}: alone at ${sufficient!.relevance.toFixed(3)}, not below ${level}`,
    `needed      ${namesOf(necessary!.components)}: without at ${necessary!.relevance.toFixed(3)}, below ${level}`,
  ];
}

/** Which part of the track a component is. */
export function nameOf({ source, segment, startSeconds, endSeconds }: Component): string {
  if (segment === null) return source ?? "the whole";
  const when = `${startSeconds.toFixed(1)} to ${endSeconds.toFixed(1)} s`;
  return source === null ? when : `${source}, ${when}`;
}

function reasonInWords(reason: NonNullable<Explanation["decision"]["reason"]>): string | null {
  switch (reason) {
    case "not-above-silence":
      return "the track is no more relevant than silence";
    case "threshold-not-between":
      return "the threshold does not lie between silence and the track";
    case "sampled":
      return null;
  }
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join("; ")}; ${more} more` : names.join("; ");
}
