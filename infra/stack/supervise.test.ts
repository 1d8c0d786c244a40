import { describe, expect, it } from "vitest";
import type { ManagedProcess } from "./managed-process.ts";
import { supervise } from "./supervise.ts";

/** A side whose process a test can end. */
function createSide() {
  let die: (error: Error) => void = () => {};
  let starts = 0;
  const start = (): ManagedProcess => {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    die = reject;
    const nothing = async () => {};
    return { name: "side", logFile: "side.log", died: promise, stop: nothing, kill: nothing };
  };
  let current = start();
  return {
    side: {
      current: () => current,
      restart: async () => {
        starts++;
        current = start();
      },
    },
    die: (message: string) => die(new Error(message)),
    starts: () => starts,
  };
}

describe("supervise", () => {
  it("restarts a process that ended, and names the reason", async () => {
    const { side, die, starts } = createSide();
    const stop = new AbortController();
    const reasons: string[] = [];
    const supervised = supervise(side, (reason) => reasons.push(reason), stop.signal);
    die("exit code 1");
    await expect.poll(starts).toBe(1);
    die("SIGKILL");
    await expect.poll(starts, { timeout: 5000 }).toBe(2);
    stop.abort();
    await supervised;
    expect(reasons).toEqual(["exit code 1", "SIGKILL"]);
  });

  it("gives up on a process that ends as soon as it starts", async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    reject(new Error("no such file"));
    const nothing = async () => {};
    const dead = { name: "side", logFile: "", died: promise, stop: nothing, kill: nothing };
    const side = { current: () => dead, restart: () => Promise.reject(new Error("never healthy")) };
    const pauses: number[] = [];
    await expect(
      supervise(
        side,
        () => pauses.push(0),
        AbortSignal.timeout(30_000),
        async () => {},
      ),
    ).rejects.toThrow("never healthy");
    expect(pauses).toHaveLength(5);
  });
});
