import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  DEFAULT_KERNEL_WIDTH,
  DEFAULT_SEGMENTS,
  ExplanationType,
  MAX_SAMPLES,
} from "@lemons/shared/contract/explanation-request";
import { DEFAULT_SEPARATOR } from "@lemons/shared/contract/separator";
import { checkFolder, readAudioFile } from "../process/input-files.ts";
import { checkOutFolder, writeOutFolder } from "../process/out-folder.ts";
import { RESEARCH_THREAD, type ResearchTasks } from "../research/compute/research-tasks.ts";
import { stabilityOfCatalogue } from "../research/experiment/stability-of-catalogue.ts";
import { stabilityPlot } from "../research/experiment/stability-plots.ts";
import { plotFile } from "../research/plots/render-plot.ts";
import { chooseModels } from "./choose-models.ts";
import { defineCommand } from "./command.ts";
import { computeHere, type RunHere } from "./compute-here.ts";
import { choice, MAX_SEED, wholeNumber } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";
import { formatStability } from "./stability-report.ts";

/** As in the LEMONS paper: 2^7 to 2^12. */
const DEFAULT_SAMPLES = ["128", "256", "512", "1024", "2048", "4096"];
const DEFAULT_REPEATS = "5";
const DEFAULT_TOP = "3";
const MAX_REPEATS = 100;
const RECORD_FILE = "stability.partial.ndjson";
const OUT_FILES = ["stability.svg", "stability-by-listener.svg", "stability.json", RECORD_FILE];

const options = {
  catalogue: { value: "DIR", help: "catalogue folder: catalog.json and the audio" },
  models: { value: "DIR", help: "folder of model packages, one a listener" },
  tracks: { value: "N", help: "number of tracks, sampled by the seed; default all" },
  type: {
    value: "TYPE",
    help: `${ExplanationType.options.join(", ")}; default time+source`,
  },
  samples: {
    value: "N...",
    multiple: true,
    takesRest: true,
    help: `numbers of masks; default ${DEFAULT_SAMPLES.join(" ")}`,
  },
  repeats: { value: "N", help: `explanations a track; default ${DEFAULT_REPEATS}` },
  top: { value: "K", help: `components to compare; default ${DEFAULT_TOP}` },
  seed: { value: "N", help: "seed of masks and tracks; default 0" },
  listener: {
    value: "L...",
    multiple: true,
    takesRest: true,
    help: "only the models of these listeners",
  },
  out: {
    value: "DIR",
    help: "folder for stability.json and plots; a stopped run continues from it",
  },
  json: { help: "print one JSON document" },
} as const;

export const stability = defineCommand({
  name: "stability",
  summary: "measure how much sampled explanations vary, and differ from the exact one",
  usage: [
    "stability --catalogue DIR --models DIR [--tracks N] [--type TYPE] [--samples N...]",
    "          [--repeats N] [--top K] [--seed N] [--listener L...] [--out DIR] [--json]",
  ],
  options,
  async run(given, terminal) {
    requireOptions("stability", options, given, ["catalogue", "models"]);
    const { catalogue, models: directory, out } = given;
    const type = choice("type", ExplanationType.options, given.type ?? "time+source");
    const settings = {
      type,
      segments: DEFAULT_SEGMENTS,
      kernelWidth: DEFAULT_KERNEL_WIDTH,
      repeats: wholeNumber("repeats", given.repeats ?? DEFAULT_REPEATS, {
        min: 1,
        max: MAX_REPEATS,
      }),
      top: wholeNumber("top", given.top ?? DEFAULT_TOP, { min: 1, max: DEFAULT_SEGMENTS }),
      samples: (given.samples ?? DEFAULT_SAMPLES)
        .map((text) => wholeNumber("samples", text, { min: 2, max: MAX_SAMPLES }))
        .sort((a, b) => a - b),
      seed: wholeNumber("seed", given.seed ?? "0", { max: MAX_SEED }),
    };
    const tracks =
      given.tracks === undefined ? null : wholeNumber("tracks", given.tracks, { min: 1 });
    await checkFolder(catalogue);
    await checkFolder(directory);
    if (out !== undefined) await checkOutFolder(out, OUT_FILES);
    const models = await chooseModels(directory, given.listener);
    const sources = models.map(({ path, listener }) => ({ path, listener }));
    const result = await computeHere(
      (run: RunHere<ResearchTasks>) =>
        stabilityOfCatalogue({
          catalogue,
          models,
          settings,
          tracks,
          record: out === undefined ? null : join(out, RECORD_FILE),
          onTrack: (done, total) =>
            terminal.progress({ phase: "fitting", done, total }, "explanations of tracks"),
          async measureTrack({ path, isStems, sha256 }, seeds) {
            const bytes = isStems ? null : await readAudioFile(path);
            return run(
              "stability",
              {
                models: sources,
                sound: { audio: bytes, stems: isStems ? path : null },
                // Stems are told apart by their samples.
                audioSha256: bytes ? createHash("sha256").update(bytes).digest("hex") : sha256,
                separator: isStems ? "stems" : DEFAULT_SEPARATOR,
                settings,
                seeds: [...seeds],
              },
              { names: { audio: path, stems: path, request: path } },
            );
          },
        }),
      RESEARCH_THREAD,
    );
    const json = `${JSON.stringify(result)}\n`;
    if (out !== undefined) {
      const plot = async (byListener: boolean) =>
        plotFile(await stabilityPlot(result, { byListener }));
      await writeOutFolder(
        out,
        [
          { name: "stability.svg", content: await plot(false) },
          { name: "stability-by-listener.svg", content: await plot(true) },
          { name: "stability.json", content: json },
        ],
        [RECORD_FILE],
      );
    }
    terminal.print(given.json ? json : formatStability(result));
  },
});
