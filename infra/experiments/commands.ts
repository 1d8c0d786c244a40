import { FOLDER } from "./results.ts";

/** How the command line is called for an experiment, and the file that keeps what it prints. */
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

/** As a user would type it. */
export function commandLine({ parameters }: ExperimentCommand): string {
  return `npm run -s lemons -- ${parameters.join(" ")}`;
}
