import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import {
  defineFlight,
  type FlightDefinition,
  type FlightObject,
  type FlightRun,
} from "./define-flight.ts";
import { type FlightState, hasTable } from "./flight-record.ts";
import { MAX_ATTEMPTS } from "./retry-policy.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Attempt = (run: FlightRun, attempt: number) => Promise<void>;
type Flight = FlightObject<string, FlightState, string>;
type Definition = FlightDefinition<string, FlightState, string>;

/** A clock that only a test turns. It starts late, so that no alarm rings by itself. */
function createClock() {
  let now = Date.parse("2100-01-01T00:00:00Z");
  return {
    now: () => now,
    random: () => 0.5,
    pass(ms: number) {
      now += ms;
    },
  };
}

/** More alarms than a flight that waits for half an hour needs. */
const MAX_RINGS = 1000;

let objects = 0;

/**
 * Runs a test inside an object of its own, with a flight that works as the test says.
 *
 * @param attempt receives the number of the call
 */
async function withFlight(
  attempt: Attempt,
  test: (tools: {
    flight: Flight;
    clock: ReturnType<typeof createClock>;
    storage: DurableObjectStorage;
    /** Reads the flight from storage again, as after an eviction. */
    restart(): Flight;
    /** Lets the next alarm ring at its time. @returns how long it took, in milliseconds */
    ring(): Promise<number>;
  }) => Promise<void>,
  change: Partial<Definition> = {},
): Promise<void> {
  const clock = createClock();
  let calls = 0;
  const TestFlight = defineFlight<string, FlightState, string>({
    schema: z.string(),
    isFinished: async () => false,
    attempt: (_env, _task, run) => attempt(run, ++calls),
    view: (_task, state) => state,
    clock,
    ...change,
  });
  const stub = env.RENDER_JOBS.getByName(`flight-of-the-test-${objects++}`);
  await runInDurableObject(stub, async (_instance, ctx) => {
    const restart = () => new TestFlight(ctx, env);
    const flight = restart();
    const ring = async () => {
      const at = (await ctx.storage.getAlarm()) ?? clock.now();
      const waited = at - clock.now();
      clock.pass(Math.max(0, waited));
      await ctx.storage.deleteAlarm();
      await flight.alarm();
      return waited;
    };
    await test({ flight, clock, storage: ctx.storage, restart, ring });
  });
}

const failing = (options: ConstructorParameters<typeof WorkerFailure>[1]) => async () => {
  throw new WorkerFailure("It failed.", options);
};

let log: string[];

beforeEach(() => {
  log = [];
  vi.spyOn(console, "warn").mockImplementation((line: string) => void log.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a flight", () => {
  it("runs its task and reports the end", async () => {
    const attempt: Attempt = async (run) => run.onProgress({ phase: "scoring", done: 1, total: 2 });
    await withFlight(attempt, async ({ flight, ring }) => {
      expect((await flight.start("task")).job).toMatchObject({ state: "queued", attempt: 0 });
      await ring();
      expect(flight.status()?.job).toMatchObject({ state: "done", attempt: 1, reason: null });
    });
  });

  it("gives up after its attempts, each logged with its reason", async () => {
    await withFlight(failing({ retryable: true }), async ({ flight, ring }) => {
      await flight.start("task");
      for (let i = 0; i < MAX_ATTEMPTS; i++) await ring();
      expect(flight.status()?.job).toMatchObject({ state: "failed", attempt: MAX_ATTEMPTS });
      expect(log).toEqual(
        Array.from({ length: MAX_ATTEMPTS }, (_, i) =>
          expect.stringMatching(
            i + 1 === MAX_ATTEMPTS
              ? /attempt 5, then fail: It failed\./
              : /then retry: It failed\./,
          ),
        ),
      );
    });
  });

  it("waits out a full queue for as long as it may, in one attempt", async () => {
    const full = failing({ retryable: true, waitFor: "queue", retryAfterMs: 10_000 });
    await withFlight(full, async ({ flight, clock, ring }) => {
      await flight.start("task");
      const startedAt = clock.now();
      let tries = 0;
      while (flight.status()?.job.state !== "failed" && tries < MAX_RINGS) {
        await ring();
        tries++;
        if (flight.status()?.job.state === "queued") {
          expect(flight.status()?.job).toMatchObject({
            attempt: 1,
            progress: { phase: "waiting" },
          });
        }
      }
      expect(tries).toBeGreaterThan(MAX_ATTEMPTS);
      expect(clock.now() - startedAt).toBeGreaterThanOrEqual(30 * MINUTE_MS);
      expect(clock.now() - startedAt).toBeLessThan(32 * MINUTE_MS);
      expect(flight.status()?.job.reason).toMatch(/Waited 30 minutes in line/);
    });
  });

  it("is done after a gpu-worker that is killed six times and comes back", async () => {
    const attempt: Attempt = async (run, call) => {
      run.onProgress({ phase: "scoring", done: 1, total: 2 });
      if (call <= 6) throw new WorkerFailure("Cut off.", { retryable: true, waitFor: "away" });
    };
    await withFlight(attempt, async ({ flight, ring }) => {
      await flight.start("task");
      for (let i = 0; i < 7; i++) expect(await ring()).toBeLessThanOrEqual(MINUTE_MS);
      expect(flight.status()?.job).toMatchObject({ state: "done", attempt: 1 });
    });
  });

  it("gives up a gpu-worker that stays away for five minutes", async () => {
    const away = failing({ retryable: true, waitFor: "away" });
    await withFlight(away, async ({ flight, clock, ring }) => {
      await flight.start("task");
      const startedAt = clock.now();
      for (let i = 0; i < MAX_RINGS && flight.status()?.job.state !== "failed"; i++) await ring();
      expect(flight.status()?.job.state).toBe("failed");
      expect(clock.now() - startedAt).toBeGreaterThanOrEqual(5 * MINUTE_MS);
      expect(clock.now() - startedAt).toBeLessThan(6 * MINUTE_MS);
    });
  });

  it("lets no late attempt write into a later run", async () => {
    const runs: FlightRun[] = [];
    const released = Promise.withResolvers<void>();
    const attempt: Attempt = async (run, call) => {
      runs.push(run);
      if (call > 1) return;
      await released.promise;
      run.onRelevance(0.9);
      run.onProgress({ phase: "storing", done: 0, total: 1 });
    };
    await withFlight(attempt, async ({ flight }) => {
      await flight.start("first");
      const first = flight.alarm();
      await vi.waitFor(() => expect(runs).toHaveLength(1));
      await flight.forget();
      expect(runs[0]?.signal.aborted).toBe(true);

      await flight.start("second");
      released.resolve();
      await first;
      expect(flight.status()?.job).toMatchObject({
        state: "queued",
        relevance: null,
        progress: null,
      });
      await flight.alarm();
      expect(flight.status()?.job.state).toBe("done");
    });
  });

  it("continues after an eviction, and counts the attempt that ended with the process", async () => {
    const attempt: Attempt = (_run, call) =>
      call === 1 ? new Promise(() => {}) : Promise.resolve();
    await withFlight(attempt, async ({ flight, restart }) => {
      await flight.start("task");
      void flight.alarm();
      await vi.waitFor(() => expect(flight.status()?.job.state).toBe("running"));
      const restarted = restart();
      expect(restarted.status()?.job).toEqual(flight.status()?.job);
      await restarted.alarm();
      expect(restarted.status()?.job).toMatchObject({ state: "done", attempt: 2 });
    });
  });

  it("prepares and starts once for a crowd of callers", async () => {
    const prepare = vi.fn(async () => {});
    await withFlight(
      async () => {},
      async ({ flight }) => {
        const started = await Promise.all(Array.from({ length: 20 }, () => flight.start("task")));
        expect(started.filter(({ began }) => began)).toHaveLength(1);
        expect(prepare).toHaveBeenCalledOnce();
      },
      { prepare },
    );
  });

  it("creates no table before it starts, and deletes everything a day after its end", async () => {
    const attempt: Attempt = async () => {};
    await withFlight(attempt, async ({ flight, storage, ring }) => {
      expect(flight.status()).toBeNull();
      expect(hasTable(storage.sql, "flight")).toBe(false);
      await flight.start("task");
      await ring();
      expect(flight.status()?.job.state).toBe("done");
      expect(await ring()).toBe(DAY_MS);
      expect(flight.status()).toBeNull();
      expect(hasTable(storage.sql, "flight")).toBe(false);
      expect(await storage.getAlarm()).toBeNull();
    });
  });

  it("remembers a failure that nothing else records", async () => {
    await withFlight(
      failing({ retryable: false }),
      async ({ flight, ring }) => {
        await flight.start("task");
        await ring();
        await ring();
        expect(flight.status()?.job).toMatchObject({ state: "failed", reason: "It failed." });
      },
      { keepsFailures: true },
    );
  });

  it("informs subscribers of the end until that succeeds, before it deletes anything", async () => {
    const informed: string[] = [];
    let isAway = true;
    const subscribers: Definition["subscribers"] = () => ({
      async add() {},
      async onEnd(_env, { state }) {
        if (isAway) throw new Error("the database is away");
        informed.push(state);
      },
    });
    vi.spyOn(console, "error").mockReturnValue();
    const attempt: Attempt = async () => {};
    await withFlight(
      attempt,
      async ({ flight, ring }) => {
        await flight.start("task");
        await ring();
        expect(await ring()).toBe(30_000);
        isAway = false;
        await ring();
        expect(informed).toEqual(["done"]);
      },
      { subscribers },
    );
  });

  it("answers 404 to followers before it starts", async () => {
    await withFlight(
      async () => {},
      async ({ flight }) => {
        expect(flight.fetch(new Request("http://lemons.test/")).status).toBe(404);
      },
    );
  });
});
