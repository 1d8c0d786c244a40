import type { Component, Explanation } from "@lemons/shared/contract/explanation";
import { fidelityStep, relevanceStep } from "@lemons/shared/explanation/scales";
import { decisiveRows, nameOf } from "./decisive-report.ts";

const BAR_CELLS = 20;

/** What was written, and where. */
export interface WrittenFiles {
  folder: string;
  names: readonly string[];
}

/**
 * An explanation for people: what it says, how well it fits, on which parts it hangs, and every
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
    // Segments of the mix are heard as they are.
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
    return `all ${count}, weighed as ${neighbourhood.effectiveSamples} drawn ones`;
  }
  const { samples, seed, distinctMasks, suppliedMasks } = neighbourhood;
  const drawn = suppliedMasks
    ? `${samples} supplied masks`
    : `${samples} masks drawn with seed ${seed}`;
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
