import { FOLDER } from "./results.ts";

/** The command line of an experiment, and the file that keeps its output. */
export interface ExperimentCommand {
  parameters: readonly string[];
  file: string;
}

export type Experiment = "evaluate" | "stability" | "faithfulness";

const CATALOGUE = ["--catalogue", "demo"];
const MODELS = ["--models", "demo/models/shared"];

export const EXPERIMENTS: Record<Experiment, ExperimentCommand> = {
  evaluate: {
    parameters: ["evaluate", ...CATALOGUE, ...MODELS, "--json"],
    file: "evaluation.json",
  },
  stability: {
    parameters: ["stability", ...CATALOGUE, ...MODELS, "--out", FOLDER, "--json"],
    file: "stability.json",
  },
  faithfulness: {
    parameters: ["faithfulness", ...CATALOGUE, "--out", FOLDER, "--json"],
    file: "faithfulness.json",
  },
};

/** Returns the command as a user would type it. */
export function commandLine({ parameters }: ExperimentCommand): string {
  return `npm run -s lemons -- ${parameters.join(" ")}`;
}
