import type { Explanation } from "@lemons/shared/contract/explanation";
import { NO_SEPARATION } from "@lemons/shared/contract/separator";
import type { ExplanationTask } from "./explanation-task.ts";

/**
 * Compares the gpu-worker's explanation with its task, so that an answer to another question, or one
 * that contradicts itself, is never stored under the task's id.
 *
 * @returns the first difference or contradiction, or null
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

/** For cuts in time the gpu-worker needn't separate, although a table for all types would. */
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

/** Masks may be sampled although all were requested, if the answer says why. */
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
    return "the ranking names a component twice, or one that doesn't exist";
  }
  for (const { name, components: played, file } of highlights) {
    if (!played.every((i) => indices.has(i))) return `${name} plays a component that doesn't exist`;
    if (file !== null && file !== `${name}.mp3`) return `${name} is in a file called ${file}`;
  }
  if (new Set(highlights.map((h) => h.name)).size !== highlights.length) {
    return "a highlight occurs twice";
  }
  return null;
}
