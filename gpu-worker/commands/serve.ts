import { runService } from "../service/start-service.ts";
import { defineCommand, type Given } from "./command.ts";

const options = {
  host: { value: "ADDRESS", help: "LEMONS_HOST; default 127.0.0.1" },
  port: { value: "PORT", help: "LEMONS_PORT or PORT; default 8788" },
  "allowed-origins": {
    value: "LIST",
    help: "LEMONS_ALLOWED_ORIGINS: origins that object links may lead to, separated by commas",
  },
  provider: { value: "cpu|cuda", help: "LEMONS_PROVIDER; default cpu" },
  threads: { value: "N", help: "LEMONS_THREADS: threads of one forward pass" },
  cache: {
    value: "DIR",
    help: "LEMONS_CACHE: folder that keeps response tables; default in memory only",
  },
  "cache-seconds": {
    value: "S",
    help: "LEMONS_CACHE_SECONDS: lifetime of cached audio, sources and tables; default 3600",
  },
  "max-waiting": { value: "N", help: "LEMONS_MAX_WAITING: jobs that may wait; default 8" },
  "max-memory-mb": {
    value: "N",
    help: "LEMONS_MAX_MEMORY_MB: memory that a job may use; default 80 % of the machine's",
  },
  "grace-seconds": {
    value: "S",
    help: "LEMONS_GRACE_SECONDS: time that a shutdown gives the running job; default 25",
  },
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
  "max-memory-mb": "LEMONS_MAX_MEMORY_MB",
  "grace-seconds": "LEMONS_GRACE_SECONDS",
};

export const serve = defineCommand({
  name: "serve",
  summary: "run the gpu-worker service (its secret comes from LEMONS_WORKER_SECRET)",
  usage: ["serve [--host ADDRESS] [--port PORT] [--allowed-origins LIST] [...]"],
  options,
  handlesInterrupt: true,
  async run(given) {
    await runService(environmentWith(given, process.env));
  },
});

/** Returns the environment, overridden by the options. */
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
