import { readModelPackage } from "../engine/model/node/read-model-package.ts";
import { analyseModel } from "../engine/response-table/columns/analyse.ts";
import { formatModelInspection } from "../engine/response-table/columns/inspection.ts";
import { checkExists } from "../process/input-files.ts";
import { defineCommand } from "./command.ts";
import { inspectionFacts } from "./inspection-facts.ts";
import { LISTENER_OPTION, listenerFrom } from "./listener-option.ts";
import { requireOptions } from "./parse-options.ts";

const options = {
  model: { value: "M", help: "model package (a folder), or an .onnx file" },
  listener: LISTENER_OPTION,
  json: { help: "print one JSON document" },
} as const;

export const modelsInspect = defineCommand({
  name: "models inspect",
  summary: "whether the exact engine applies to a model, and how it is split",
  usage: ["models inspect --model M [--listener L] [--json]"],
  options,
  async run(given, terminal) {
    requireOptions("models inspect", options, given, ["model"]);
    await checkExists(given.model);
    const model = await readModelPackage(given.model, listenerFrom(given.listener));
    const { id, version, encoderVersion, headVersion, frontEnd } = model.manifest;
    const verdict = analyseModel(model);
    if (given.json) {
      const of = { id, version, encoderVersion, headVersion };
      terminal.print(`${JSON.stringify({ model: of, ...inspectionFacts(verdict, frontEnd) })}\n`);
      return;
    }
    terminal.print(
      `model          ${id} (version ${version.slice(0, 12)})\n${formatModelInspection(verdict, frontEnd)}`,
    );
  },
});
