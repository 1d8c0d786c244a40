import { relevanceStep } from "@lemons/shared/explanation/scales";
import { checkExists, readAudioFile } from "../process/input-files.ts";
import { defineCommand } from "./command.ts";
import { computeHere } from "./compute-here.ts";
import { LISTENER_OPTION, listenerFrom, MODEL_OPTION } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";

const options = {
  model: MODEL_OPTION,
  audio: {
    value: "F...",
    multiple: true,
    takesRest: true,
    help: "audio files: wav, aiff, mp3, ogg, opus, flac, m4a",
  },
  listener: LISTENER_OPTION,
  json: { help: "print one JSON document" },
} as const;

export const score = defineCommand({
  name: "score",
  summary: "score audio files: relevance and logit under a model",
  usage: ["score --model M [--listener L] --audio F... [--json]"],
  options,
  async run(given, terminal) {
    requireOptions("score", options, given, ["model", "audio"]);
    const { model, audio } = given;
    await checkExists(model);
    const listener = listenerFrom(given.listener);
    for (const file of audio) await checkExists(file);
    const scored = await computeHere(async (run) => {
      const results: FileScore[] = [];
      let of = { id: "", version: "" };
      for (const [done, file] of audio.entries()) {
        terminal.progress({ phase: "scoring", done, total: audio.length });
        const { scores, seconds, warnings } = await run(
          "score",
          {
            models: [{ path: model, listener }],
            sound: { audio: await readAudioFile(file), stems: null },
          },
          { names: { audio: file, model, request: file } },
        );
        for (const warning of warnings) terminal.note(`${file}: ${warning}`);
        const { model: id, version, logit, relevance } = scores[0]!;
        of = { id, version };
        results.push({ file, logit, relevance, seconds });
      }
      return { model: of, results };
    });
    terminal.print(given.json ? `${JSON.stringify(scored)}\n` : formatScores(scored));
  },
});

/** Output of `lemons score --json`. */
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

/** Formats scores as a table, one row a file. */
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
