import { runService } from "../service/start-service.ts";
import { defineCommand, type Given } from "./command.ts";

const options = {
  host: { value: "ADDRESS", help: "LEMONS_HOST; default 127.0.0.1" },
  port: { value: "PORT", help: "LEMONS_PORT or PORT; default 8788" },
  "allowed-origins": {
    value: "LIST",
    help: "LEMONS_ALLOWED_ORIGINS: where object links may lead, separated by commas",
  },
  provider: { value: "cpu|cuda", help: "LEMONS_PROVIDER; default cpu" },
  threads: { value: "N", help: "LEMONS_THREADS: threads inside of one forward pass" },
  cache: { value: "DIR", help: "LEMONS_CACHE: keep response tables there; default in memory only" },
  "cache-seconds": {
    value: "S",
    help: "LEMONS_CACHE_SECONDS that audio, sources and tables are kept; default 3600",
  },
  "max-waiting": { value: "N", help: "LEMONS_MAX_WAITING: jobs that may wait; default 8" },
  "grace-seconds": { value: "S", help: "LEMONS_GRACE_SECONDS a shutdown waits; default 25" },
} as const;

const VARIABLES: Record<keyof typeof options, string> = {
  host: "LEMONS_HOST",
  port: "LEMONS_PORT",
  "allowed-origins": "LEMONS_ALLOWED_ORIGINS",
  provider: "LEMONS_PROVIDER",
  threads: "LEMONS_THREADS",
  cache: "LEMONS_CACHE",
  "cache-seconds": "LEMONS_CACHE_SECONDS",
  "max-waiting": "LEMONS_MAX_WAITING",
  "grace-seconds": "LEMONS_GRACE_SECONDS",
};

export const serve = defineCommand({
  name: "serve",
  summary: "the gpu-worker service (the secret comes from LEMONS_WORKER_SECRET only)",
  usage: ["serve [--host ADDRESS] [--port PORT] [--allowed-origins LIST] [...]"],
  options,
  handlesInterrupt: true,
  async run(given) {
    await runService(environmentWith(given, process.env));
  },
});

/** The environment with the options laid over it. */
export function environmentWith(
  given: Given<typeof options>,
  environment: Record<string, string | undefined>,
): Record<string, string | undefined> {
  const overlaid = { ...environment };
  for (const [option, variable] of Object.entries(VARIABLES)) {
    const value = given[option as keyof typeof options];
    if (value !== undefined) overlaid[variable] = value;
  }
  return overlaid;
}
