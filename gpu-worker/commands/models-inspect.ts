import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { InputError } from "../engine/input-error.ts";
import type { ModelPackage } from "../engine/model/model-package.ts";
import { readModelPackage } from "../engine/model/node/read-model-package.ts";
import { createScorer } from "../engine/model/scorer.ts";
import { checkModelRuns } from "../engine/recommend/inspect-model.ts";
import type { EngineVerdict } from "../engine/response-table/columns/analyse.ts";
import { analyseModel } from "../engine/response-table/columns/analyse.ts";
import { blocksOf } from "../engine/response-table/columns/blocks.ts";
import { formatModelInspection } from "../engine/response-table/columns/inspection.ts";
import {
  afterWindow,
  ONE_FRAME,
  type ReceptiveField,
  secondsOf,
} from "../engine/response-table/columns/windows.ts";
import { createNodeRuntime } from "../engine/runtime/node/node-runtime.ts";
import { readComputeSettings } from "../process/compute-settings.ts";
import { checkExists } from "../process/input-files.ts";
import { defineCommand } from "./command.ts";
import { LISTENER_OPTION, listenerFrom, MODEL_OPTION } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";

const options = {
  model: MODEL_OPTION,
  listener: LISTENER_OPTION,
  json: { help: "print one JSON document" },
} as const;

export const modelsInspect = defineCommand({
  name: "models inspect",
  summary: "check that a model runs, and show how the exact engine splits it",
  usage: ["models inspect --model M [--listener L] [--json]"],
  options,
  async run(given, terminal) {
    requireOptions("models inspect", options, given, ["model"]);
    await checkExists(given.model);
    const model = await readModelPackage(given.model, listenerFrom(given.listener));
    await checkRuns(given.model, model);
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

/** @throws InputError that names the model */
async function checkRuns(path: string, model: ModelPackage): Promise<void> {
  const scorer = createScorer({ runtime: createNodeRuntime(readComputeSettings(process.env)) });
  try {
    await checkModelRuns(model, scorer);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: ${error.message}`, { cause: error });
  } finally {
    await scorer.dispose();
  }
}

/** Output and receptive field of one operator of a block. */
interface OperatorFacts extends ReceptiveField {
  operator: string;
  channels: number;
  bands: number;
  seconds: number;
}

/** Output of `lemons models inspect --json`, without the model. */
export type InspectionFacts =
  | { applies: false; code: string; reason: string }
  | {
      applies: true;
      blocks: OperatorFacts[][];
      receptiveField: ReceptiveField & { seconds: number };
    };

/** Returns the blocks, and stride, halo and receptive field in time of each operator. */
export function inspectionFacts(verdict: EngineVerdict, frontEnd: FrontEnd): InspectionFacts {
  if (!verdict.applies) return verdict;
  let field = ONE_FRAME;
  const seconds = () => secondsOf(field.frames, frontEnd);
  const blocks = blocksOf(verdict.trunk).map(({ convolution, pools }) =>
    [convolution, ...pools].flatMap(({ operator, shape }) => {
      if (!operator) return [];
      field = afterWindow(field, operator.time);
      return [{ operator: operator.kind, ...shape, ...field, seconds: seconds() }];
    }),
  );
  return { applies: true, blocks, receptiveField: { ...field, seconds: seconds() } };
}
