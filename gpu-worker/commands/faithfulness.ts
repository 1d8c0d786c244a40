import { join } from "node:path";
import {
  DEFAULT_EFFECTIVE_SAMPLES,
  DEFAULT_KERNEL_WIDTH,
  DEFAULT_SEGMENTS,
} from "@lemons/shared/contract/explanation-request";
import type { FaithfulnessSettings } from "@lemons/shared/contract/faithfulness";
import { DEFAULT_SEPARATOR } from "@lemons/shared/contract/separator";
import { checkFolder } from "../process/input-files.ts";
import { checkOutFolder, writeOutFolder } from "../process/out-folder.ts";
import { RESEARCH_THREAD, type ResearchTasks } from "../research/compute/research-tasks.ts";
import { faithfulnessOfCatalogue } from "../research/experiment/faithfulness/faithfulness-of-catalogue.ts";
import { pointingPlot } from "../research/experiment/faithfulness/faithfulness-plots.ts";
import { plotFile } from "../research/plots/render-plot.ts";
import { defineCommand } from "./command.ts";
import { computeHere, type RunHere } from "./compute-here.ts";
import { formatFaithfulness } from "./faithfulness-report.ts";
import { MAX_SEED, wholeNumber } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";

const DEFAULT_FOLDS = "3";
const DEFAULT_STEPS = "600";
const MAX_STEPS = 100_000;
const RECORD_FILE = "faithfulness.partial.ndjson";

/** A quarter of the FCN's channels, so that planting takes minutes. */
const CHANNELS = [16, 32, 32, 32, 16];
const BATCH_SIZE = 20;
const LEARNING_RATE = 3e-3;

const options = {
  catalogue: { value: "DIR", help: "catalogue folder with tracks that have stems and truth.json" },
  folds: {
    value: "N",
    help: `number of folds; each track is held out in one; default ${DEFAULT_FOLDS}`,
  },
  steps: { value: "N", help: `training steps a fold; default ${DEFAULT_STEPS}` },
  seed: { value: "N", help: "seed of weights, mixtures and rankings; default 0" },
  out: {
    value: "DIR",
    help: "folder for faithfulness.json and a plot; a stopped run continues from it",
  },
  json: { help: "print one JSON document" },
} as const;

export const faithfulness = defineCommand({
  name: "faithfulness",
  summary: "test explanations against planted listeners of known taste",
  usage: ["faithfulness --catalogue DIR [--folds N] [--steps N] [--seed N] [--out DIR] [--json]"],
  options,
  async run(given, terminal) {
    requireOptions("faithfulness", options, given, ["catalogue"]);
    const { catalogue, out } = given;
    const settings: FaithfulnessSettings = {
      folds: wholeNumber("folds", given.folds ?? DEFAULT_FOLDS, { min: 2 }),
      steps: wholeNumber("steps", given.steps ?? DEFAULT_STEPS, { min: 1, max: MAX_STEPS }),
      batchSize: BATCH_SIZE,
      learningRate: LEARNING_RATE,
      channels: CHANNELS,
      segments: DEFAULT_SEGMENTS,
      kernelWidth: DEFAULT_KERNEL_WIDTH,
      effectiveSamples: DEFAULT_EFFECTIVE_SAMPLES,
      separators: ["stems", DEFAULT_SEPARATOR],
      seed: wholeNumber("seed", given.seed ?? "0", { max: MAX_SEED }),
    };
    await checkFolder(catalogue);
    if (out !== undefined) {
      await checkOutFolder(out, ["faithfulness.svg", "faithfulness.json", RECORD_FILE]);
    }
    const result = await computeHere(
      (run: RunHere<ResearchTasks>) =>
        faithfulnessOfCatalogue({
          catalogue,
          settings,
          record: out === undefined ? null : join(out, RECORD_FILE),
          runFold: (input) =>
            run("faithfulness", input, {
              onProgress: (progress) =>
                terminal.progress(progress, `fold ${input.fold + 1} of ${settings.folds}`),
            }),
        }),
      RESEARCH_THREAD,
    );
    const json = `${JSON.stringify(result)}\n`;
    if (out !== undefined) {
      const plot = plotFile(await pointingPlot(result));
      await writeOutFolder(
        out,
        [
          { name: "faithfulness.svg", content: plot },
          { name: "faithfulness.json", content: json },
        ],
        [RECORD_FILE],
      );
    }
    terminal.print(given.json ? json : formatFaithfulness(result));
  },
});
