import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Job } from "@lemons/shared/contract/job";
import { TrackPage } from "@lemons/shared/contract/track";
import { freePort } from "../stack/port.ts";
import { type Stack, type StackOptions, startStack } from "../stack/stack.ts";

/** How much a scenario does: `short` in `npm test`, `full` in `npm run faults`. */
export type Extent = "short" | "full";

/** The outcome of a scenario. */
export interface ScenarioOutcome {
  /** Everything that went wrong; empty if the scenario passed. */
  faults: string[];
  /** Measurements by name. */
  measured: Record<string, string | number>;
}

/** One kind of trouble that the stack has to come through. */
export interface Scenario {
  name: string;
  run(extent: Extent, start: StartStack): Promise<ScenarioOutcome>;
}

/** Starts the scenario's stack, with settings of both sides that differ from the demo's. */
export type StartStack = (
  settings?: (ports: {
    edgePort: number;
    workerPort: number;
  }) => Pick<StackOptions, "variables" | "workerSettings">,
) => Promise<{ stack: Stack; persistTo: string }>;

/** Runs a scenario on a stack of its own and removes what that leaves behind. */
export async function runScenario(scenario: Scenario, extent: Extent): Promise<ScenarioOutcome> {
  const folder = await mkdtemp(path.join(tmpdir(), "lemons-faults-"));
  const persistTo = path.join(folder, "state");
  let stack: Stack | undefined;
  try {
    return await scenario.run(extent, async (settings) => {
      const ports = { edgePort: await freePort(), workerPort: await freePort() };
      stack = await startStack({
        ...ports,
        persistTo,
        logDirectory: path.join(folder, "logs"),
        onStep: () => {},
        ...settings?.(ports),
      });
      return { stack, persistTo };
    });
  } finally {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ids of the catalogue's first tracks. */
export async function firstTracks(stack: Stack, count: number): Promise<string[]> {
  const response = await fetch(`${stack.origin}/v1/tracks?limit=${count}`);
  return TrackPage.parse(await response.json()).tracks.map(({ id }) => id);
}

/** Requests an explanation; follows it until it is done or failed. Lost connections are tried again. */
export async function followExplanation(
  stack: Stack,
  request: { listener: string; track: string; type: string },
  timeoutMs: number,
): Promise<{ state: "done" } | { state: "failed" | "late"; reason: string }> {
  const deadline = Date.now() + timeoutMs;
  let last = "no response";
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`${stack.origin}/v1/explanations`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Prefer: "wait=10" },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(30_000),
      });
      const body: unknown = await response.json();
      if (response.status === 200) return { state: "done" };
      if (response.status !== 202) {
        return { state: "failed", reason: `${response.status} ${JSON.stringify(body)}` };
      }
      last = JSON.stringify(Job.parse(body));
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(500);
  }
  return { state: "late", reason: last };
}
