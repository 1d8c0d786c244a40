/** Entry of the compute thread with the engine's own tasks. */
import { createEngineTasks } from "../engine-tasks.ts";
import { serveCompute } from "./serve-compute.ts";

await serveCompute(createEngineTasks);
