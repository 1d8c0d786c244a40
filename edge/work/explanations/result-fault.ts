import type { Explanation } from "@lemons/shared/contract/explanation";
import { NO_SEPARATION } from "@lemons/shared/contract/separator";
import type { ExplanationTask } from "./explanation-task.ts";

/**
 * Compares an explanation with what was asked: an answer to another question, or one that
 * contradicts itself, is never stored under this id.
 *
 * @returns null where it fits, else what does not
 */
export function resultFault(task: ExplanationTask, explanation: Explanation): string | null {
  const { question } = task;
  const pairs: [string, unknown, unknown][] = [
    ["model.id", explanation.model.id, task.model.id],
    ["model.version", explanation.model.version, task.model.version],
    ["audio.sha256", explanation.audio.sha256, task.sound.soundSha256],
    ["type", explanation.type, question.type],
    ["target", explanation.target, question.target],
    ["kernelWidth", explanation.kernelWidth, question.kernelWidth],
    ["featureSelection", explanation.featureSelection, question.featureSelection],
    ...separationPairs(task, explanation),
    ...neighbourhoodPairs(task, explanation),
  ];
  for (const [field, got, wanted] of pairs) {
    if (got !== wanted) return `${field} is ${String(got)} instead of ${String(wanted)}`;
  }
  return contradiction(explanation);
}

type Pairs = [field: string, got: unknown, wanted: unknown][];

/** Where only time is cut the gpu-worker need not separate, though a table for all types would. */
function separationPairs(
  { separator, question }: ExplanationTask,
  { separation }: Explanation,
): Pairs {
  const isUncut =
    question.type === "time" &&
    separation.separator === NO_SEPARATION.name &&
    separator.name !== "stems";
  const { name, version } = isUncut ? NO_SEPARATION : separator;
  return [
    ["separation.separator", separation.separator, name],
    ["separation.version", separation.version, version],
  ];
}

/** Masks may be drawn though all were asked for, where the answer says why. */
function neighbourhoodPairs({ question }: ExplanationTask, explanation: Explanation): Pairs {
  const wanted = question.neighbourhood;
  const got = explanation.neighbourhood;
  if (got.kind === "exhaustive") {
    const samples = wanted.kind === "exhaustive" ? wanted.effectiveSamples : undefined;
    return [
      ["neighbourhood.kind", got.kind, wanted.kind],
      ["neighbourhood.effectiveSamples", got.effectiveSamples, samples],
    ];
  }
  const supplied: Pairs[number] = ["neighbourhood.suppliedMasks", got.suppliedMasks, false];
  if (wanted.kind === "exhaustive") {
    const isExplained = explanation.engine.kind === "dense" && explanation.engine.reason !== null;
    return [supplied, ["neighbourhood.kind", isExplained ? wanted.kind : got.kind, wanted.kind]];
  }
  return [
    supplied,
    ["neighbourhood.samples", got.samples, wanted.samples],
    ["neighbourhood.seed", got.seed, wanted.seed],
  ];
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
