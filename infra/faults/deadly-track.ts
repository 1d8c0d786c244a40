import { createServer, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { freePort } from "../stack/port.ts";
import type { Stack } from "../stack/stack.ts";
import { firstTracks, type Scenario } from "./scenario.ts";

/** Tracks that have to be scored although one kills the worker. */
const SCORED = { short: 9, full: 71 } as const;
const TIMEOUT_MS = 5 * 60_000;

/** A catalogue track whose file kills the gpu-worker: it is recorded as failed, and scoring goes on. */
export const deadlyTrack: Scenario = {
  name: "a deadly track",
  async run(extent, start) {
    const proxyPort = await freePort();
    let workerPort = 0;
    const { stack } = await start((ports) => {
      workerPort = ports.workerPort;
      return { variables: { GPU_WORKER_URL: `http://127.0.0.1:${proxyPort}` } };
    });
    const [deadly] = await firstTracks(stack, 1);
    if (deadly === undefined) throw new Error("the catalogue is empty");
    const proxy = await proxyThatKills(stack, { proxyPort, workerPort, deadly });
    try {
      const { scoring, seconds } = await scoringOf(stack, SCORED[extent]);
      const faults: string[] = [];
      if (scoring.scored < SCORED[extent]) faults.push(`only ${scoring.scored} tracks were scored`);
      if (scoring.failed !== 1) faults.push(`${scoring.failed} tracks are recorded as failed`);
      if (proxy.deaths() > 4) faults.push(`the worker died ${proxy.deaths()} times`);
      return { faults, measured: { deaths: proxy.deaths(), scored: scoring.scored, seconds } };
    } finally {
      await proxy.close();
    }
  },
};

/** Waits until enough tracks are scored and the deadly one has failed. */
async function scoringOf(stack: Stack, scored: number) {
  const startedAt = performance.now();
  for (;;) {
    const response = await fetch(`${stack.origin}/v1/listeners/ilse/recommendations?limit=1`);
    const { scoring } = RecommendationPage.parse(await response.json());
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const isOver = scoring.scored >= scored && scoring.failed > 0;
    if (isOver || seconds > TIMEOUT_MS / 1000) return { scoring, seconds };
    await sleep(1000);
  }
}

/** Passes requests on to the gpu-worker; one that names the deadly track kills it instead. */
async function proxyThatKills(
  stack: Stack,
  { proxyPort, workerPort, deadly }: { proxyPort: number; workerPort: number; deadly: string },
) {
  let deaths = 0;
  let reviving: Promise<void> = Promise.resolve();
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (body.includes(`"${deadly}"`)) {
      deaths++;
      // As the worker does: the response begins, then the process dies of the file.
      outgoing.writeHead(200, { "Content-Type": "application/x-ndjson" }).flushHeaders();
      reviving = reviving.then(async () => {
        await stack.worker().kill();
        outgoing.destroy();
        await stack.restartWorker();
      });
      return;
    }
    const { method, url, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port: workerPort, method, path: url, headers });
    onward.on("response", (response) => {
      outgoing.writeHead(response.statusCode!, response.headers);
      response.on("error", () => outgoing.destroy());
      response.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    onward.end(body);
  });
  await new Promise<void>((listening) => server.listen(proxyPort, "127.0.0.1", listening));
  return {
    deaths: () => deaths,
    async close() {
      await reviving;
      server.closeAllConnections();
      server.close();
    },
  };
}
