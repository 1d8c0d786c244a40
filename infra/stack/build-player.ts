import { inRepository, VITE } from "./repository.ts";
import { runTool } from "./run-tool.ts";

/** Builds the browser code into `edge/assets`. */
export async function buildPlayer(): Promise<void> {
  await runTool(VITE, [
    ...["build", "--config", inRepository("edge", "player", "vite.config.ts")],
    ...["--logLevel", "warn"],
  ]);
}
