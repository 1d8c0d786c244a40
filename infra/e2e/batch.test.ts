import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../stack/port.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import { makeAdminKey } from "./admin-key.ts";
import { batchClient, storedExplanations } from "./batch-run.ts";

/** With true stems: one table a track serves every listener in all three types. */
const TRACKS = ["gt01-rock-power-chords", "gt06-jazz-walking", "gt12-ambient-drift"];
const FEWEST = 60;
const KILLS = ["edge", "worker", "both", "edge", "worker"] as const;
const SEED = 6;
const LONGEST_PAUSE_MS = 4000;
const TIMEOUT_MS = 900_000;

async function start(persistTo: string): Promise<Stack> {
  return startStack({
    edgePort: await freePort(),
    workerPort: await freePort(),
    persistTo,
    logDirectory: path.join(persistTo, "..", "logs"),
    onStep: () => {},
    // A message lost with workerd is retried soon.
    variables: { BATCH_LEASE_SECONDS: "8" },
  });
}

/** Drops the fields that depend on timing. */
function lasting({ engine, timings: _, ...explanation }: PublishedExplanation): object {
  const { seconds: _seconds, ...rest } = engine;
  return { ...explanation, engine: rest };
}

describe("a batch of explanations by the real models", () => {
  let folder: string;
  let killed: Stack | undefined;
  let undisturbed: Stack | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lemons-batch-"));
  });
  afterAll(async () => {
    await killed?.stop();
    await undisturbed?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    "completes every explanation identically although sides are killed at random moments",
    async () => {
      const persistTo = path.join(folder, "killed", "state");
      killed = await start(persistTo);
      const token = await makeAdminKey(persistTo);
      const client = batchClient(killed, token);
      const { id } = await client.begin({ tracks: TRACKS });

      const twister = createMt19937(SEED);
      for (const victim of KILLS) {
        await sleep((twister.nextUint32() / 2 ** 32) * LONGEST_PAUSE_MS);
        if (victim !== "worker") await killed.edge().kill();
        if (victim !== "edge") await killed.worker().kill();
        if (victim !== "edge") await killed.restartWorker();
        if (victim !== "worker") await killed.restartEdge();
      }
      const batch = await client.ended(id, TIMEOUT_MS / 2);
      expect(await client.failures(id)).toEqual([]);
      expect(batch).toMatchObject({
        state: "done",
        counts: { planned: 0, running: 0, failed: 0, skipped: 0 },
      });
      expect(batch.kinds.explanation?.done).toBeGreaterThanOrEqual(FEWEST);
      await killed.stop();
      const found = await storedExplanations(persistTo);
      expect(found.size).toBe(batch.kinds.explanation?.done);

      const elsewhere = path.join(folder, "undisturbed", "state");
      undisturbed = await start(elsewhere);
      const other = batchClient(undisturbed, await makeAdminKey(elsewhere));
      const { id: otherId } = await other.begin({ tracks: TRACKS });
      const { state, kinds } = await other.ended(otherId, TIMEOUT_MS / 2);
      expect({ state, kinds }).toEqual({ state: "done", kinds: batch.kinds });
      await undisturbed.stop();
      const wanted = await storedExplanations(elsewhere);
      expect(new Set(found.keys())).toEqual(new Set(wanted.keys()));
      for (const [explanationId, explanation] of wanted) {
        expect(lasting(found.get(explanationId)!)).toEqual(lasting(explanation));
      }
    },
    TIMEOUT_MS,
  );
});
