import { createHash } from "node:crypto";
import { SourceName } from "@lemons/shared/contract/explanation-request";
import { MaskError, parseMasks } from "@lemons/shared/explanation/sampled-masks";
import { InputError } from "../engine/input-error.ts";
import { checkExists, checkFolder, readAudioFile, readJsonFile } from "../process/input-files.ts";
import { checkOutFolder, type OutFile, writeOutFolder } from "../process/out-folder.ts";
import { defineCommand } from "./command.ts";
import { computeHere } from "./compute-here.ts";
import { explainOptions, questionFrom, separatorFrom } from "./explain-question.ts";
import { formatExplanation, type WrittenFiles } from "./explanation-report.ts";
import { listenerFrom } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";

const EXPLANATION_FILE = "explanation.json";
const TABLE_FILE = "table.bin";
/** Files that not every explanation has. */
const FURTHER_FILES = [TABLE_FILE, "top-1.mp3", "top-3.mp3"];

export const explain = defineCommand({
  name: "explain",
  summary: "explain a recommendation: which parts of a track help or hurt",
  usage: [
    "explain --model M [--listener L] --audio F --type time|source|time+source",
    "        [--stems DIR] [--separator S]",
    "        [--exhaustive [--effective-samples N] | --samples N --seed K] [--masks FILE]",
    "        [--segments 5] [--kernel-width 0.25] [--threshold P]",
    "        [--feature-selection none|auto|highest_weights|forward_selection|lasso_path]",
    "        [--features K] [--query-source S] [--target relevance|predicted-class]",
    "        [--out DIR] [--json]",
  ],
  options: explainOptions,
  async run(given, terminal) {
    requireOptions("explain", explainOptions, given, ["model", "audio", "type"]);
    const { model, audio, stems, out } = given;
    const question = questionFrom(given);
    const separator = separatorFrom(given);
    const querySource = given["query-source"];
    if (querySource !== undefined && !SourceName.safeParse(querySource).success) {
      throw new InputError(`--query-source "${querySource}" can't be the name of a source`);
    }
    await checkExists(model);
    const listener = listenerFrom(given.listener);
    if (stems !== undefined) await checkFolder(stems);
    if (out !== undefined) await checkOutFolder(out, [...FURTHER_FILES, EXPLANATION_FILE]);
    const masks = given.masks === undefined ? undefined : await readMasks(given.masks);
    const bytes = await readAudioFile(audio);
    const { explanation, highlights, table, warnings } = await computeHere((run) =>
      run(
        "explain",
        {
          model: { path: model, listener },
          sound: { audio: bytes, stems: stems ?? null },
          audioSha256: createHash("sha256").update(bytes).digest("hex"),
          separator,
          question,
          masks,
          querySource,
          render: true,
        },
        {
          onProgress: (progress) => terminal.progress(progress),
          names: { audio, model, stems: stems ?? audio },
        },
      ),
    );
    for (const warning of warnings) terminal.note(`${audio}: ${warning}`);
    const json = `${JSON.stringify(explanation, null, 2)}\n`;
    let written: WrittenFiles | null = null;
    if (out !== undefined) {
      const files: OutFile[] = highlights.map(({ name, bytes }) => ({
        name: `${name}.mp3`,
        content: bytes,
      }));
      if (table) files.push({ name: TABLE_FILE, content: table });
      // Written last: if it is there, so are the others.
      files.push({ name: EXPLANATION_FILE, content: json });
      await writeOutFolder(out, files, FURTHER_FILES);
      written = { folder: out, names: files.map(({ name }) => name).sort() };
    }
    terminal.print(given.json ? json : formatExplanation(explanation, written));
  },
});

/**
 * Reads supplied masks and checks their form. How many bits each must have is known only once the
 * track is separated, so here all must have as many as the first.
 */
async function readMasks(path: string): Promise<unknown> {
  const masks = await readJsonFile(path);
  const first: unknown = Array.isArray(masks) ? masks[0] : undefined;
  try {
    parseMasks(masks, Array.isArray(first) ? first.length : 0);
  } catch (error) {
    if (error instanceof MaskError) throw new InputError(`${path}: ${error.message}`);
    throw error;
  }
  return masks;
}
