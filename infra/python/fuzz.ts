/** `npm run fuzz:api`: Schemathesis over a stack of its own, at length, with an admin key and without. */
import { parseArgs } from "node:util";
import { makeKey, type Service, startService, stopService } from "../conformance/service.ts";
import { FUZZ_PHASES, type FuzzPhase, fuzzApi } from "./fuzz-api.ts";

/** Prints one line and exits with 2. */
function refuse(message: string): never {
  process.stderr.write(`lemons: ${message}\n`);
  process.exit(2);
}

/** Reads a whole number from an option, or exits with 2. */
function whole(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text) && (name === "seed" || Number(text) > 0)) return Number(text);
  refuse(`--${name} must be a whole number, not "${text}"`);
}

function phasesOf(text: string): FuzzPhase[] {
  return text.split(",").map((name) => {
    const phase = FUZZ_PHASES.find((known) => known === name);
    return phase ?? refuse(`--phases must be of ${FUZZ_PHASES.join(",")}, not "${name}"`);
  });
}

const { values } = parseArgs({
  options: {
    examples: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    phases: { type: "string", default: FUZZ_PHASES.join(",") },
  },
});
const examples = whole("examples", values.examples);
const seed = whole("seed", values.seed);
const phases = phasesOf(values.phases);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
}
let service: Service | undefined;
try {
  service = await startService({
    onStep: (message) => process.stderr.write(`${message}\n`),
    signal: interrupted.signal,
  });
  const { stack, folder } = service;
  const { Authorization } = await makeKey(service, ["admin"]);
  for (const authorization of [undefined, Authorization]) {
    process.stdout.write(authorization ? "With a key that may do all:\n" : "Without a key:\n");
    const run = { origin: stack.origin, authorization, phases, examples, seed };
    process.stdout.write(await fuzzApi(run, folder, interrupted.signal));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  if (service) await stopService(service);
}
