/** `npm start`: the whole stack on this machine, with the demo catalogue scored and ready. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { inRepository } from "./repository.ts";
import { waitForScores } from "./scoring-progress.ts";
import { PortBusyError, type Stack, startStack } from "./stack.ts";
import { schedules, strikeClock } from "./strike-clock.ts";
import { supervise } from "./supervise.ts";

const DEFAULT_EDGE_PORT = 8787;
const DEFAULT_WORKER_PORT = 8788;

/** Reads a port from the environment. */
function portFrom(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  process.stderr.write(`lemons: ${variable} must be a port from 1 to 65535, not "${text}"\n`);
  process.exit(2);
}

function step(message: string): void {
  process.stdout.write(`  ${message} ...\n`);
}

function fault(reason: string): void {
  process.stderr.write(`lemons: ${reason}\n`);
}

const edgePort = portFrom("LEMONS_EDGE_PORT", DEFAULT_EDGE_PORT);
const workerPort = portFrom("LEMONS_PORT", DEFAULT_WORKER_PORT);
const state = process.env.LEMONS_STATE ?? inRepository(".wrangler", "state");
const logDirectory = path.join(path.dirname(state), "logs");
await mkdir(state, { recursive: true });

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => interrupted.abort());
}
const untilInterrupted = new Promise<void>((resolve) => {
  interrupted.signal.addEventListener("abort", () => resolve(), { once: true });
});

let stack: Stack | undefined;
try {
  process.stdout.write("LEMONS\n");
  stack = await startStack({
    edgePort,
    workerPort,
    persistTo: state,
    logDirectory,
    onStep: step,
    onFault: fault,
    watch: process.argv.includes("--watch"),
    signal: interrupted.signal,
  });
  const { origin, edge, worker, restartEdge, restartWorker } = stack;
  process.stdout.write(`\n  ${origin}\n\n`);
  void strikeClock(origin, schedules(), fault, interrupted.signal);
  const onDeath = (reason: string) => fault(`${reason}\n  It is started again ...`);
  const end = Promise.race([
    untilInterrupted,
    supervise({ current: edge, restart: restartEdge }, onDeath, interrupted.signal),
    supervise({ current: worker, restart: restartWorker }, onDeath, interrupted.signal),
  ]);
  await Promise.race([waitForScores(origin, step, interrupted.signal), end]);
  if (!interrupted.signal.aborted) {
    process.stdout.write(
      `  Ready: every track is scored. API reference: ${origin}/docs, logs: ${logDirectory}\n  Ctrl-C stops it.\n`,
    );
  }
  await end;
} catch (error) {
  if (!interrupted.signal.aborted) {
    process.stderr.write(`lemons: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof PortBusyError ? 2 : 1;
  }
} finally {
  await stack?.stop();
}
