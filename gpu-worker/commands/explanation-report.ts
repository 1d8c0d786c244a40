import type { Component, Explanation } from "@lemons/shared/contract/explanation";
import { fidelityStep, relevanceStep } from "@lemons/shared/explanation/scales";

const BAR_CELLS = 20;

/** The files written to `--out`. */
export interface WrittenFiles {
  folder: string;
  names: readonly string[];
}

/**
 * Formats an explanation as text: its summary, how well it fits, the decisive parts, and every
 * component by falling weight.
 */
export function formatExplanation(explanation: Explanation, written: WrittenFiles | null): string {
  const { summary, relevance, logit, fidelity, model } = explanation;
  const { separator, sources } = explanation.separation;
  return [
    summary,
    "",
    `relevance   ${relevance.toFixed(3)} (${relevanceStep(relevance).words}), logit ${logit.toFixed(3)}`,
    `fidelity    ${fidelity.toFixed(3)} (${fidelityStep(fidelity).words}). ${fidelityStep(fidelity).meaning}`,
    ...decisiveRows(explanation),
    `model       ${model.id} (version ${model.version.slice(0, 12)})`,
    // Segments of the mix need no separation.
    ...(explanation.type === "time" ? [] : [`sources     ${sources.join(", ")} (${separator})`]),
    `masks       ${masksInWords(explanation)}`,
    `engine      ${engineInWords(explanation)}`,
    "",
    ...componentRows(explanation),
    ...(written ? ["", `Written to ${written.folder}: ${written.names.join(", ")}`] : []),
    "",
  ].join("\n");
}

function masksInWords({ neighbourhood, components }: Explanation): string {
  if (neighbourhood.kind === "exhaustive") {
    const count = (2 ** components.length).toLocaleString("en");
    return `all ${count}, weighed like ${neighbourhood.effectiveSamples} sampled ones`;
  }
  const { samples, seed, distinctMasks, suppliedMasks } = neighbourhood;
  const drawn = suppliedMasks
    ? `${samples} supplied masks`
    : `${samples} masks sampled with seed ${seed}`;
  return `${drawn}, ${distinctMasks} different`;
}

function engineInWords({ engine }: Explanation): string {
  const { kind, reason, blocks, forwardEquivalents } = engine;
  return kind === "table"
    ? `response table through ${blocks} blocks, the work of ${forwardEquivalents.toFixed(1)} forward passes`
    : `${forwardEquivalents} forward passes: ${reason}`;
}

function componentRows({ components, ranking }: Explanation): string[] {
  const largest = Math.max(...components.map(({ weight }) => Math.abs(weight)));
  const hasShapley = components.every(({ shapley }) => shapley !== null);
  const cellsOf = ({ weight }: Component) =>
    largest > 0 ? Math.round((Math.abs(weight) / largest) * BAR_CELLS) : 0;
  const rows = ranking.map((index) => {
    const component = components[index]!;
    const bar = (component.weight < 0 ? "-" : "+").repeat(cellsOf(component));
    const shapley = hasShapley ? `  ${signed(component.shapley!)}` : "";
    return `${signed(component.weight)}${shapley}  ${nameOf(component).padEnd(26)} ${bar}`.trimEnd();
  });
  const header = `${"weight".padStart(8)}${hasShapley ? `  ${"Shapley".padStart(8)}` : ""}  part`;
  return [header, ...rows];
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(4)}`.padStart(8);
}

/** A longer list of parts is cut. */
const MAX_NAMED = 6;

/**
 * Formats the fewest parts that are enough alone, and the fewest without which the relevance drops.
 * Returns no rows if masks were sampled.
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

/** Names a component by source and time. */
export function nameOf({ source, segment, startSeconds, endSeconds }: Component): string {
  if (segment === null) return source ?? "whole track";
  const when = `${startSeconds.toFixed(1)} to ${endSeconds.toFixed(1)} s`;
  return source === null ? when : `${source}, ${when}`;
}

function reasonInWords(reason: NonNullable<Explanation["decision"]["reason"]>): string | null {
  switch (reason) {
    case "not-above-silence":
      return "the track is no more relevant than silence";
    case "threshold-not-between":
      return "the threshold isn't between silence and the track";
    case "sampled":
      return null;
  }
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join("; ")}; ${more} more` : names.join("; ");
}
