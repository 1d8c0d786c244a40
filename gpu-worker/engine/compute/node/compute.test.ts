import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Compute,
  ComputeClosedError,
  ComputeLostError,
  type ComputeOptions,
  startCompute,
} from "./compute.ts";
import type { ThreadBehaviour } from "./fixtures/misbehaving-thread.ts";

const MISBEHAVING = new URL("./fixtures/misbehaving-thread.ts", import.meta.url);
const never = new AbortController().signal;

type MisbehavingTasks = { behave: { input: ThreadBehaviour; output: string } };

let compute: Compute<MisbehavingTasks>;
afterEach(() => compute?.close());

function start(options: Partial<ComputeOptions> = {}): Compute<MisbehavingTasks> {
  compute = startCompute<MisbehavingTasks>({
    provider: "cpu",
    threads: 1,
    thread: MISBEHAVING,
    ...options,
  });
  return compute;
}

/** Makes the thread behave in some way. */
function behave(how: ThreadBehaviour, signal = never, more = {}) {
  return compute.run("behave", how, { signal, ...more });
}

describe("startCompute", () => {
  it("returns what the thread reports", async () => {
    start();
    await compute.ready;
    const onRelevance = vi.fn();
    await expect(behave("answer", never, { onRelevance })).resolves.toBe("answer");
    expect(onRelevance).toHaveBeenCalledWith(0.5);
  });

  it.each(["crash", "exit"] as const)("replaces a thread that ends with a %s", async (how) => {
    start();
    await expect(behave(how)).rejects.toThrow(ComputeLostError);
    await expect(behave("answer")).resolves.toBe("answer");
  });

  it("replaces a thread that runs out of memory, and reports it", async () => {
    start({ heapMb: 48 });
    await expect(behave("memory")).rejects.toMatchObject({
      name: "ComputeLostError",
      message: expect.stringContaining("more memory"),
    });
    await expect(behave("answer")).resolves.toBe("answer");
  });

  it("cancels with the signal's reason", async () => {
    start();
    const controller = new AbortController();
    const run = behave("wait", controller.signal, {
      onProgress: () => controller.abort(new Error("no longer wanted")),
    });
    await expect(run).rejects.toThrow("no longer wanted");
    await expect(behave("answer")).resolves.toBe("answer");
  });

  it("replaces a thread that does not stop when cancelled", async () => {
    start({ stopGraceMs: 50, leaveGraceMs: 50 });
    await compute.ready;
    const run = behave("hang", AbortSignal.timeout(100));
    await expect(run).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(behave("answer")).resolves.toBe("answer");
  });

  it("waits for a native call before it ends a thread", async () => {
    start({ stopGraceMs: 10 });
    const controller = new AbortController();
    const run = behave("native", controller.signal, {
      onProgress: () => controller.abort(new Error("no longer wanted")),
    });
    await expect(run).rejects.toThrow("no longer wanted");
    await expect(behave("answer")).resolves.toBe("answer");
  });

  it("fails the run if it is closed during a native call", async () => {
    start();
    const begun = Promise.withResolvers<void>();
    const run = behave("native", never, { onProgress: () => begun.resolve() });
    const outcome = expect(run).rejects.toThrow(ComputeClosedError);
    await begun.promise;
    await compute.close();
    await outcome;
  });

  it("rejects runs that were cancelled before, and runs after close", async () => {
    start();
    await expect(behave("answer", AbortSignal.abort(new Error("early")))).rejects.toThrow("early");
    await compute.close();
    await expect(behave("answer")).rejects.toThrow(ComputeClosedError);
  });

  it("rejects ready if the thread cannot start", async () => {
    start({ thread: new URL("./fixtures/no-such-thread.ts", import.meta.url) });
    await expect(compute.ready).rejects.toThrow(ComputeLostError);
  });

  it("reports a task that its thread doesn't have", async () => {
    const engine = startCompute<MisbehavingTasks>({ provider: "cpu", threads: 1 });
    const run = engine.run("behave", "answer", { signal: never });
    await expect(run).rejects.toThrow('this compute thread has no task "behave"');
    await engine.close();
  });
});
