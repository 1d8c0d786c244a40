import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import autocannon from "autocannon";
import { storesConfiguration } from "../stack/local-stores.ts";
import { type ManagedProcess, startProcess } from "../stack/managed-process.ts";
import { freePort } from "../stack/port.ts";
import { inRepository, ROOT, WRANGLER } from "../stack/repository.ts";
import { startStack } from "../stack/stack.ts";
import { waitForHealth } from "../stack/wait-for-health.ts";
import { WRANGLER_ENVIRONMENT } from "../stack/wrangler-environment.ts";

const QUESTION = { listener: "ilse", track: "gt06-jazz-walking", type: "time+source" };
const CONNECTIONS = 16;
const ROUNDS = 5;
const ROUND_SECONDS = 4;
const START_TIMEOUT_MS = 60_000;

/** Throughput and latency of one Worker. */
export interface Load {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** The result of {@link benchEdge}: medians of the rounds. */
export interface EdgeBench {
  connections: number;
  bytes: number;
  /** `GET /v1/explanations/{id}` of a stored explanation. */
  explanation: Load;
  /** A Worker that only reads the same object. */
  bare: Load;
  /** Responses a second as a ratio to the bare Worker's. */
  ratio: number;
}

/** Loads the running edge and a bare Worker over the same store, in turns. */
export async function benchEdge(onStep: (message: string) => void): Promise<EdgeBench> {
  const folder = await mkdtemp(path.join(tmpdir(), "lemons-bench-"));
  const persistTo = path.join(folder, "state");
  const stack = await startStack({
    edgePort: await freePort(),
    workerPort: await freePort(),
    persistTo,
    logDirectory: path.join(folder, "logs"),
    onStep,
  });
  let bare: ManagedProcess | undefined;
  try {
    onStep("Having one track explained");
    const { id, body } = await explained(stack.origin);
    await stack.worker().stop();
    const bareOrigin = `http://127.0.0.1:${await freePort()}`;
    bare = await startBareWorker(bareOrigin, persistTo, path.join(folder, "logs", "bare.log"));
    const urls = {
      explanation: `${stack.origin}/v1/explanations/${id}`,
      bare: `${bareOrigin}/explanations/${id}/explanation.json`,
    };
    await waitForHealth(urls.bare, bare, START_TIMEOUT_MS);
    for (const url of Object.values(urls)) {
      const same = (await (await fetch(url)).text()) === body;
      if (!same) throw new Error(`${url} answers something else`);
      await load(url, 1);
    }
    const rounds: { explanation: Load; bare: Load }[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      onStep(`Round ${round} of ${ROUNDS}`);
      // In turns, so that a slow moment of the machine affects both.
      const order = round % 2 === 0;
      const first = await load(order ? urls.bare : urls.explanation, ROUND_SECONDS);
      const second = await load(order ? urls.explanation : urls.bare, ROUND_SECONDS);
      rounds.push(
        order ? { bare: first, explanation: second } : { explanation: first, bare: second },
      );
    }
    return {
      connections: CONNECTIONS,
      bytes: Buffer.byteLength(body),
      explanation: medianLoad(rounds.map((round) => round.explanation)),
      bare: medianLoad(rounds.map((round) => round.bare)),
      ratio: median(
        rounds.map((round) => round.explanation.requestsPerSecond / round.bare.requestsPerSecond),
      ),
    };
  } finally {
    await Promise.all([stack.stop(), bare?.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Requests the explanation until it is done. */
async function explained(origin: string): Promise<{ id: string; body: string }> {
  for (;;) {
    const response = await fetch(`${origin}/v1/explanations`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Prefer: "wait=20" },
      body: JSON.stringify(QUESTION),
    });
    const answer: unknown = await response.json();
    if (response.status === 200) {
      const { id } = PublishedExplanation.parse(answer);
      const body = await (await fetch(`${origin}/v1/explanations/${id}`)).text();
      return { id, body };
    }
    if (response.status !== 202) throw new Error(JSON.stringify(answer));
  }
}

/** wrangler dev around {@link file://./bare-worker.ts}, over the same R2. */
async function startBareWorker(
  origin: string,
  persistTo: string,
  logFile: string,
): Promise<ManagedProcess> {
  const configuration = path.join(persistTo, "bare.wrangler.json");
  const { r2_buckets, compatibility_date } = storesConfiguration();
  await writeFile(
    configuration,
    JSON.stringify({
      name: "bare",
      main: inRepository("infra", "bench", "bare-worker.ts"),
      compatibility_date,
      r2_buckets,
    }),
  );
  return startProcess({
    name: "bare worker",
    command: process.execPath,
    arguments: [
      WRANGLER,
      ...["dev", "--local", "--show-interactive-dev-session=false", "--config", configuration],
      ...["--ip", "127.0.0.1", "--port", new URL(origin).port, "--inspector-port", "0"],
      ...["--persist-to", persistTo],
    ],
    cwd: ROOT,
    environment: { ...process.env, ...WRANGLER_ENVIRONMENT },
    logFile,
  });
}

async function load(url: string, seconds: number): Promise<Load> {
  const { requests, latency, errors, non2xx } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (errors + non2xx > 0) throw new Error(`${url}: ${errors} errors, ${non2xx} refusals`);
  return { requestsPerSecond: requests.average, p50Ms: latency.p50, p99Ms: latency.p99 };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

const medianLoad = (loads: readonly Load[]): Load => ({
  requestsPerSecond: median(loads.map((each) => each.requestsPerSecond)),
  p50Ms: median(loads.map((each) => each.p50Ms)),
  p99Ms: median(loads.map((each) => each.p99Ms)),
});

/** Formats the result of {@link benchEdge} as a table. */
export function formatEdgeBench({
  connections,
  bytes,
  explanation,
  bare,
  ratio,
}: EdgeBench): string {
  const row = (name: string, { requestsPerSecond, p50Ms, p99Ms }: Load) =>
    `${name.padEnd(34)}${requestsPerSecond.toFixed(0).padStart(10)}${p50Ms.toFixed(1).padStart(10)}${p99Ms.toFixed(1).padStart(10)}\n`;
  return `A stored explanation of ${bytes} bytes, ${connections} connections:

${"".padEnd(34)}${"a second".padStart(10)}${"p50 ms".padStart(10)}${"p99 ms".padStart(10)}
${row("GET /v1/explanations/{id}", explanation)}${row("a Worker that only reads the object", bare)}
ratio ${ratio.toFixed(2)}
`;
}
