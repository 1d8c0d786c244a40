import { createLog } from "./log.ts";
import { readSettings } from "./settings.ts";
import { startService } from "./start-service.ts";

/**
 * Runs the service until SIGTERM or SIGINT, then closes it cleanly; a second signal ends the process
 * at once. The log goes to stdout, one JSON object a line.
 *
 * @throws InputError where a setting is missing or wrong
 */
export async function runService(environment: Record<string, string | undefined>): Promise<void> {
  const settings = readSettings(environment);
  const log = createLog((line) => process.stdout.write(line));
  const service = await startService(settings, log);
  await new Promise<void>((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      log("info", "signal", { signal });
      resolve();
      process.once("SIGINT", () => process.exit(130));
      process.once("SIGTERM", () => process.exit(143));
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
  });
  await service.close();
}
