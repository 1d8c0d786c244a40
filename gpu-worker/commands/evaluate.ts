import { EvaluatedPart } from "@lemons/shared/contract/evaluation";
import { checkFolder, readAudioFile } from "../process/input-files.ts";
import { evaluateCatalogue } from "../research/evaluate/evaluate-catalogue.ts";
import { chooseModels } from "./choose-models.ts";
import { defineCommand } from "./command.ts";
import { computeHere } from "./compute-here.ts";
import { formatEvaluation } from "./evaluation-report.ts";
import { choice, MAX_SEED, wholeNumber } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";

const DEFAULT_REPLICATES = 1000;
const MAX_REPLICATES = 100_000;

const options = {
  catalogue: { value: "DIR", help: "catalogue folder: catalog.json, listening.tsv, audio" },
  models: { value: "DIR", help: "folder of model packages, or a shared-encoder package" },
  part: { value: "PART", help: `${EvaluatedPart.options.join(", ")}; default test` },
  seed: { value: "N", help: "seed of the split and of the bootstrap; default 0" },
  bootstrap: {
    value: "N",
    help: `resamples behind the intervals, 0 for none; default ${DEFAULT_REPLICATES}`,
  },
  listener: {
    value: "L...",
    multiple: true,
    takesRest: true,
    help: "only the models of these listeners",
  },
  json: { help: "print one JSON document" },
} as const;

export const evaluate = defineCommand({
  name: "evaluate",
  summary: "measure how well models rank the tracks that their listeners heard",
  usage: [
    "evaluate --catalogue DIR --models DIR [--part PART] [--seed N] [--bootstrap N]",
    "         [--listener L...] [--json]",
  ],
  options,
  async run(given, terminal) {
    requireOptions("evaluate", options, given, ["catalogue", "models"]);
    const { catalogue, models: directory } = given;
    const part = choice("part", EvaluatedPart.options, given.part ?? "test");
    const seed = wholeNumber("seed", given.seed ?? "0", { max: MAX_SEED });
    const replicates =
      given.bootstrap === undefined
        ? DEFAULT_REPLICATES
        : wholeNumber("bootstrap", given.bootstrap, { max: MAX_REPLICATES });
    await checkFolder(catalogue);
    await checkFolder(directory);
    const models = await chooseModels(directory, given.listener);
    const sources = models.map(({ path, listener }) => ({ path, listener }));
    const evaluation = await computeHere((run) =>
      evaluateCatalogue({
        catalogue,
        models,
        part,
        seed,
        replicates,
        onTrack: (done, total) => terminal.progress({ phase: "scoring", done, total }),
        async scoreTrack({ path, isStems }) {
          const sound = isStems
            ? { audio: null, stems: path }
            : { audio: await readAudioFile(path), stems: null };
          const { scores, forwards } = await run(
            "score",
            { models: sources, sound },
            { names: { audio: path, stems: path, request: path } },
          );
          return { logits: scores.map(({ logit }) => logit), forwards };
        },
      }),
    );
    terminal.print(given.json ? `${JSON.stringify(evaluation)}\n` : formatEvaluation(evaluation));
  },
});
