/** Entry of the compute thread with the engine's tasks and those of the experiments. */
import { createEngineTasks } from "../../engine/compute/engine-tasks.ts";
import { serveCompute } from "../../engine/compute/node/serve-compute.ts";
import { createResearchTasks, type ResearchTasks } from "./research-tasks.ts";

await serveCompute<ResearchTasks>((tools, setup) => ({
  ...createEngineTasks(tools),
  ...createResearchTasks(tools, setup),
}));
