/** The service's entry: everything it needs comes from the environment (docs/gpu-worker.md). */
import { exitCodeOf } from "./process/exit-code.ts";
import { runService } from "./service/start-service.ts";

process.exitCode = await exitCodeOf(() => runService(process.env));
