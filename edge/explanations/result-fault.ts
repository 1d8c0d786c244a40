import type { Explanation } from "@lemons/shared/contract/explanation";
import type { Asked } from "./asked.ts";

/**
 * Compares an explanation with what was asked: an answer to another question, or one that
 * contradicts itself, is never stored under this id.
 *
 * @returns null where it fits, else what does not
 */
export function resultFault(asked: Asked, explanation: Explanation): string | null {
  const { question } = asked;
  const pairs: [string, unknown, unknown][] = [
    ["model.id", explanation.model.id, asked.model.id],
    ["model.version", explanation.model.version, asked.model.version],
    ["audio.sha256", explanation.audio.sha256, asked.sound.soundSha256],
    ["separation.separator", explanation.separation.separator, asked.separator.name],
    ["separation.version", explanation.separation.version, asked.separator.version],
    ["type", explanation.type, question.type],
    ["target", explanation.target, question.target],
    ["kernelWidth", explanation.kernelWidth, question.kernelWidth],
    ["featureSelection", explanation.featureSelection, question.featureSelection],
    ["neighbourhood.samples", explanation.neighbourhood.samples, question.neighbourhood.samples],
    ["neighbourhood.seed", explanation.neighbourhood.seed, question.neighbourhood.seed],
    ["neighbourhood.suppliedMasks", explanation.neighbourhood.suppliedMasks, false],
  ];
  for (const [field, got, wanted] of pairs) {
    if (got !== wanted) return `${field} is ${String(got)}, asked was ${String(wanted)}`;
  }
  return contradiction(explanation);
}

function contradiction({ components, ranking, highlights }: Explanation): string | null {
  const indices = new Set(components.map((component) => component.index));
  if (indices.size !== components.length) return "two components have the same index";
  if (new Set(ranking).size !== ranking.length || !ranking.every((i) => indices.has(i))) {
    return "the ranking names a component twice or one that is not there";
  }
  for (const { name, components: played, file } of highlights) {
    if (!played.every((i) => indices.has(i))) return `${name} plays a component that is not there`;
    if (file !== null && file !== `${name}.mp3`) return `${name} lies in a file called ${file}`;
  }
  if (new Set(highlights.map((h) => h.name)).size !== highlights.length) {
    return "a highlight is there twice";
  }
  return null;
}
