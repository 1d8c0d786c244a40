import type { Component, Explanation } from "@lemons/shared/contract/explanation";
import { relevanceInWords } from "./relevance-in-words.ts";

const BAR_CELLS = 20;

/**
 * An explanation for people: what it says, how well it fits, and every component by falling weight.
 *
 * @param out folder where it was written to, if any
 */
export function formatExplanation(explanation: Explanation, out: string | undefined): string {
  const { summary, relevance, logit, fidelity, model, neighbourhood } = explanation;
  const { samples, distinctMasks, suppliedMasks, seed } = neighbourhood;
  const masks = suppliedMasks
    ? `${samples} supplied masks`
    : `${samples} masks drawn with seed ${seed}`;
  const { separator, sources } = explanation.separation;
  const highlights = explanation.highlights.filter(({ file }) => file !== null);
  return [
    summary,
    "",
    `relevance   ${relevance.toFixed(3)} (${relevanceInWords(relevance)}), logit ${logit.toFixed(3)}`,
    `fidelity    ${fidelity.toFixed(3)} (${fidelityInWords(fidelity)})`,
    `model       ${model.id} (version ${model.version.slice(0, 12)})`,
    // Segments of the mix are heard as they are.
    ...(explanation.type === "time" ? [] : [`sources     ${sources.join(", ")} (${separator})`]),
    `masks       ${masks}, ${distinctMasks} different`,
    "",
    ...componentRows(explanation),
    ...(out === undefined
      ? []
      : [
          "",
          `Written to ${out}: ${["explanation.json", ...highlights.map((h) => h.file)].join(", ")}`,
        ]),
    "",
  ].join("\n");
}

/** How far the weights can be trusted: the share of the model's reaction that they account for. */
function fidelityInWords(fidelity: number): string {
  if (fidelity >= 0.8) return "the weights describe the model well";
  if (fidelity >= 0.5) return "the weights describe the model roughly";
  return "the weights describe the model badly";
}

function componentRows({ components, ranking }: Explanation): string[] {
  const largest = Math.max(...components.map(({ weight }) => Math.abs(weight)));
  const rows = ranking.map((index) => {
    const component = components[index]!;
    const cells = largest > 0 ? Math.round((Math.abs(component.weight) / largest) * BAR_CELLS) : 0;
    const bar = (component.weight < 0 ? "-" : "+").repeat(cells);
    return `${signed(component.weight)}  ${nameOf(component).padEnd(26)} ${bar}`.trimEnd();
  });
  return [`${"weight".padStart(8)}  part`, ...rows];
}

function nameOf({ source, segment, startSeconds, endSeconds }: Component): string {
  if (segment === null) return source ?? "the whole";
  const when = `${startSeconds.toFixed(1)} to ${endSeconds.toFixed(1)} s`;
  return source === null ? when : `${source}, ${when}`;
}

function signed(weight: number): string {
  return `${weight < 0 ? "" : "+"}${weight.toFixed(4)}`.padStart(8);
}
