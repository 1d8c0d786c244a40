import { randomBytes } from "node:crypto";
import path from "node:path";
import { buildPlayer } from "./build-player.ts";
import { type ManagedProcess, startProcess } from "./managed-process.ts";
import { isPortFree } from "./port.ts";
import { inRepository, ROOT, VITE, WRANGLER } from "./repository.ts";
import { recordRunningStack } from "./running-stack.ts";
import { seed } from "./seed.ts";
import { waitForHealth } from "./wait-for-health.ts";
import { WRANGLER_ENVIRONMENT } from "./wrangler-environment.ts";

const EDGE_START_TIMEOUT_MS = 60_000;
const SECONDS_PER_DAY = 86_400;
const WORKER_START_TIMEOUT_MS = 30_000;

/** Ports, folders and callbacks of a stack. */
export interface StackOptions {
  edgePort: number;
  workerPort: number;
  /** Folder of the local D1, R2 and Durable Objects. */
  persistTo: string;
  logDirectory: string;
  onStep(message: string): void;
  /** Variables of wrangler.toml with another value. */
  variables?: Record<string, string>;
  /** Settings of the gpu-worker that differ from the defaults. */
  workerSettings?: Record<string, string>;
  /** Receives faults that don't end the stack, such as a log that can't be written. */
  onFault?(reason: string): void;
  /** Restarts the gpu-worker and builds the player anew when their files change. */
  watch?: boolean;
  /** Aborts the start and stops what was already started. */
  signal?: AbortSignal;
}

/** The running stack: wrangler dev (workerd) and the gpu-worker on the CPU. */
export interface Stack {
  origin: string;
  edge(): ManagedProcess;
  worker(): ManagedProcess;
  /** Starts the edge again after it was stopped or killed, on the same stores. */
  restartEdge(): Promise<void>;
  /** Starts the gpu-worker again after it was stopped or killed. */
  restartWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** A port that is taken by another program. */
export class PortBusyError extends Error {
  override readonly name = "PortBusyError";
}

async function requireFreePort(port: number, what: string, variable: string): Promise<void> {
  if (await isPortFree(port)) return;
  throw new PortBusyError(
    `port ${port} for the ${what} is taken; choose another: ${variable}=${port + 10} npm start`,
  );
}

/**
 * Builds the player, migrates and seeds the local D1 and R2 from `demo/`, and starts both sides.
 *
 * @returns once both pass their health checks
 * @throws PortBusyError, or Error with the end of the log of the side that did not start
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { edgePort, workerPort, persistTo, logDirectory, onStep } = options;
  await requireFreePort(edgePort, "pages", "LEMONS_EDGE_PORT");
  await requireFreePort(workerPort, "gpu-worker", "LEMONS_PORT");
  const origin = `http://127.0.0.1:${edgePort}`;
  const workerOrigin = `http://127.0.0.1:${workerPort}`;
  const workerSecret = randomBytes(32).toString("hex");
  const linkSecret = randomBytes(32).toString("hex");
  const webhookSecret = randomBytes(32).toString("hex");

  onStep("Building the player");
  await buildPlayer();
  onStep("Migrating and seeding the local database and object store");
  await seed({ persistTo, onStep });

  const onLogFailure = (name: string) => (error: Error) =>
    options.onFault?.(`the log of ${name} can't be written (${error.message}); ${name} runs on`);
  function startWorker(): ManagedProcess {
    return startProcess({
      name: "gpu-worker",
      onLogFailure: onLogFailure("gpu-worker"),
      command: process.execPath,
      arguments: [
        ...(options.watch ? ["--watch", "--watch-preserve-output"] : []),
        inRepository("gpu-worker", "server.ts"),
      ],
      cwd: ROOT,
      environment: {
        ...process.env,
        LEMONS_HOST: "127.0.0.1",
        LEMONS_PORT: String(workerPort),
        LEMONS_WORKER_SECRET: workerSecret,
        LEMONS_ALLOWED_ORIGINS: origin,
        ...options.workerSettings,
      },
      logFile: path.join(logDirectory, "gpu-worker.log"),
    });
  }

  const variables = Object.entries({
    PUBLIC_ORIGIN: origin,
    GPU_WORKER_URL: workerOrigin,
    // The only callers are on this machine.
    ANONYMOUS_SECONDS_PER_DAY: String(SECONDS_PER_DAY),
    VISITOR_UPLOADS: "allowed",
    ...options.variables,
  });
  function startEdge(): ManagedProcess {
    return startProcess({
      name: "wrangler dev",
      onLogFailure: onLogFailure("wrangler dev"),
      command: process.execPath,
      arguments: [
        WRANGLER,
        ...["dev", "--local", "--show-interactive-dev-session=false"],
        ...["--ip", "127.0.0.1", "--port", String(edgePort), "--inspector-port", "0"],
        ...["--persist-to", persistTo],
        ...variables.flatMap(([name, value]) => ["--var", `${name}:${value}`]),
      ],
      cwd: ROOT,
      environment: {
        ...process.env,
        ...WRANGLER_ENVIRONMENT,
        GPU_WORKER_SECRET: workerSecret,
        LINK_SECRET: linkSecret,
        WEBHOOK_SECRET: webhookSecret,
      },
      logFile: path.join(logDirectory, "edge.log"),
    });
  }

  function startPlayerBuild(): ManagedProcess {
    return startProcess({
      name: "player build",
      command: process.execPath,
      arguments: [
        VITE,
        ...["build", "--watch", "--config", inRepository("edge", "player", "vite.config.ts")],
      ],
      cwd: ROOT,
      environment: process.env,
      logFile: path.join(logDirectory, "player.log"),
      onLogFailure: onLogFailure("player build"),
    });
  }

  onStep("Starting the gpu-worker and the edge");
  options.signal?.throwIfAborted();
  let worker = startWorker();
  let edge = startEdge();
  const player = options.watch ? startPlayerBuild() : null;
  let removeRecord = async (): Promise<void> => {};
  const stop = async (): Promise<void> => {
    await removeRecord();
    await Promise.all([edge.stop(), worker.stop(), player?.stop()]);
  };
  try {
    await Promise.all([
      waitForHealth(`${workerOrigin}/healthz`, worker, WORKER_START_TIMEOUT_MS, options.signal),
      waitForHealth(`${origin}/healthz`, edge, EDGE_START_TIMEOUT_MS, options.signal),
    ]);
    removeRecord = recordRunningStack(persistTo, origin);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin,
    edge: () => edge,
    worker: () => worker,
    restartEdge: async () => {
      await edge.stop();
      edge = startEdge();
      await waitForHealth(`${origin}/healthz`, edge, EDGE_START_TIMEOUT_MS);
    },
    restartWorker: async () => {
      await worker.stop();
      worker = startWorker();
      await waitForHealth(`${workerOrigin}/healthz`, worker, WORKER_START_TIMEOUT_MS);
    },
    stop,
  };
}
