import type { MixSeparatorName } from "@lemons/shared/contract/separator";
import { InputError } from "../engine/input-error.ts";
import { isMixSeparator, SEPARATOR_CHOICE } from "../engine/separate/registry.ts";
import { checkFolder, readAudioFile } from "../process/input-files.ts";
import { checkOutFolder, writeOutFolder } from "../process/out-folder.ts";
import { RESEARCH_THREAD, type ResearchTasks } from "../research/compute/research-tasks.ts";
import { formatSeparationTable } from "../research/separation/separation-quality.ts";
import { defineCommand, type Given } from "./command.ts";
import { computeHere, type RunHere } from "./compute-here.ts";
import { requireOptions } from "./parse-options.ts";
import type { Terminal } from "./terminal.ts";

const options = {
  audio: { value: "F", help: "the track: wav, aiff, mp3, ogg, opus, flac, m4a" },
  separator: { value: "S", help: `one of: ${SEPARATOR_CHOICE}` },
  out: { value: "DIR", help: "folder for one float32 wav a source" },
  catalogue: { value: "DIR", help: "measure the separator on the tracks with true stems instead" },
  json: { help: "print one JSON document" },
} as const;

export const separate = defineCommand({
  name: "separate",
  summary: "separate a track into vocals, piano, drums, bass and other",
  usage: [
    "separate --audio F --separator S --out DIR [--json]",
    "separate --catalogue DIR --separator S [--json]",
  ],
  options,
  async run(given, terminal) {
    requireOptions("separate", options, given, ["separator"]);
    const { separator } = given;
    if (!isMixSeparator(separator)) {
      throw new InputError(`--separator must be one of ${SEPARATOR_CHOICE}, not "${separator}"`);
    }
    if (given.catalogue === undefined) return separateFile(given, separator, terminal);
    if ((given.audio ?? given.out) !== undefined) {
      throw new InputError("--catalogue measures a separator; leave out --audio and --out");
    }
    await measure(given.catalogue, separator, given.json === true, terminal);
  },
});

async function separateFile(
  given: Given<typeof options>,
  separator: MixSeparatorName,
  terminal: Terminal,
): Promise<void> {
  requireOptions("separate", options, given, ["audio", "out"]);
  const { audio, out, json } = given;
  await checkOutFolder(out);
  const bytes = await readAudioFile(audio);
  const { sources, ...facts } = await computeHere((run) =>
    run(
      "separate",
      { audio: bytes, separator },
      { onProgress: (progress) => terminal.progress(progress), names: { audio } },
    ),
  );
  const files = sources.map((source) => ({ name: `${source.name}.wav`, content: source.bytes }));
  await writeOutFolder(out, files);
  const report = {
    separator,
    ...facts,
    sources: sources.map(({ name }) => ({ name, file: `${name}.wav` })),
  };
  terminal.print(
    json
      ? `${JSON.stringify(report)}\n`
      : `${sources.length} sources of ${audio} (${facts.seconds.toFixed(1)} s, ${facts.sampleRate} Hz) ` +
          `written to ${out}: ${files.map(({ name }) => name).join(", ")}\n`,
  );
}

async function measure(
  catalogue: string,
  separator: MixSeparatorName,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  await checkFolder(catalogue);
  terminal.progress({ phase: "separating", done: 0, total: 0 });
  const quality = await computeHere(
    (run: RunHere<ResearchTasks>) =>
      run("measure-separation", { catalogue, separator }, { names: { request: catalogue } }),
    RESEARCH_THREAD,
  );
  terminal.print(json ? `${JSON.stringify(quality)}\n` : formatSeparationTable(quality));
}
