import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { HEARTBEAT_SECONDS } from "@lemons/shared/contract/gpu-worker";
import { type ComputeOptions, startCompute } from "../engine/compute/node/compute.ts";
import { InputError } from "../engine/input-error.ts";
import { stopOnSignal } from "../process/exit-code.ts";
import { createApp } from "./app.ts";
import { ServiceError } from "./failure.ts";
import { createLog, type Log } from "./log.ts";
import { guardMemory } from "./memory-guard.ts";
import { createObjectLinks, type ObjectLinksOptions } from "./object-links.ts";
import { createQueue } from "./queue.ts";
import { readServiceSettings, type ServiceSettings } from "./settings.ts";

/** How long a closing service waits for ended streams to reach their readers. */
const DRAIN_MS = 1000;

export interface RunningService {
  /** The address it listens on: `http://127.0.0.1:8788`. */
  url: string;
  /**
   * Refuses new requests, ends waiting jobs with a retryable problem, gives the running job the grace
   * period to finish, then frees the port and the compute thread.
   */
  close(): Promise<void>;
}

/** Replaceable parts, for tests. */
export interface ServiceSeams {
  heartbeatMs?: number;
  compute?: Partial<ComputeOptions>;
  objects?: Partial<ObjectLinksOptions>;
}

/**
 * Starts the compute thread, then listens.
 *
 * @throws InputError if the port is taken, Error if the compute thread can't start
 */
export async function startService(
  settings: ServiceSettings,
  log: Log,
  seams: ServiceSeams = {},
): Promise<RunningService> {
  const { host, port, secret, allowedOrigins, provider, threads, cacheFolder } = settings;
  const { maxWaiting, graceSeconds } = settings;
  const cacheMs = settings.cacheSeconds * 1000;
  const compute = guardMemory(
    startCompute({ provider, threads, cacheFolder, cacheMs, ...seams.compute }),
    { maxBytes: settings.maxMemoryBytes },
  );
  const queue = createQueue(maxWaiting);
  const objects = createObjectLinks({ allowedOrigins, cacheMs, ...seams.objects });
  const app = createApp({
    resources: { queue, objects, compute },
    secret,
    provider,
    version: await ownVersion(),
    heartbeatMs: seams.heartbeatMs ?? HEARTBEAT_SECONDS * 1000,
    log,
  });

  // Not HTTP/2: the default server is node:http's.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  try {
    await compute.ready;
    await listen(server, host, port);
  } catch (error) {
    await compute.close();
    throw error;
  }
  const url = urlOf(server);
  log.info({ url, provider, threads, maxWaiting }, "listening");

  async function shutDown(): Promise<void> {
    log.info({ running: queue.running, waiting: queue.waiting }, "shutting-down");
    app.refuseAll();
    const grace = new AbortController();
    // Waiting jobs would only start once part of the grace period is over.
    queue.dismiss(new ServiceError({ kind: "shutting-down" }));
    await Promise.race([
      Promise.all([...app.jobs].map((job) => job.over)),
      sleep(graceSeconds * 1000, undefined, { signal: grace.signal }).catch(() => {}),
    ]);
    grace.abort();
    for (const job of [...app.jobs]) job.stop({ kind: "shutting-down" });
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })]);
    server.closeAllConnections();
    await compute.close();
    await closed;
    log.info("stopped");
  }

  let closing: Promise<void> | null = null;
  return {
    url,
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

/**
 * Runs the service until SIGTERM or SIGINT, then closes it; a second signal ends the process at once.
 * The log goes to stdout.
 *
 * @throws InputError if a setting is missing or wrong, or the port is taken
 */
export async function runService(environment: Record<string, string | undefined>): Promise<void> {
  const settings = readServiceSettings(environment);
  const log = createLog();
  const service = await startService(settings, log);
  using stop = stopOnSignal();
  await new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  log.info({ signal: stop.received }, "signal");
  await service.close();
}

async function ownVersion(): Promise<string> {
  const manifest = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return JSON.parse(manifest).version;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      reject(new InputError(`Port ${port} of ${host} is taken. Set LEMONS_PORT to another one.`));
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
