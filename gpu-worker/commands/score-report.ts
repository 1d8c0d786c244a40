import { relevanceStep } from "@lemons/shared/explanation/scales";

/** What `lemons score --json` prints. */
export interface ScoreReport {
  model: { id: string; version: string };
  /** In the order of the command line. */
  results: FileScore[];
}

export interface FileScore {
  file: string;
  logit: number;
  relevance: number;
  /** Length of the audio. */
  seconds: number;
}

/** Scores for people. */
export function formatScores({ model, results }: ScoreReport): string {
  const rows = results.map(({ file, logit, relevance, seconds }) =>
    [
      relevance.toFixed(3).padStart(9),
      logit.toFixed(3).padStart(8),
      `${seconds.toFixed(1)} s`.padStart(9),
      `  ${relevanceStep(relevance).words.padEnd(15)}`,
      file,
    ].join(" "),
  );
  return [
    `Model ${model.id} (version ${model.version.slice(0, 12)})`,
    "",
    "relevance    logit    length   in words        file",
    ...rows,
    "",
  ].join("\n");
}
