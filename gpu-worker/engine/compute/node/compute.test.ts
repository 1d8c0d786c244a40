import { afterEach, describe, expect, it, vi } from "vitest";
import { type Compute, type ComputeOptions, startCompute } from "./compute.ts";

const MISBEHAVING = new URL("./fixtures/misbehaving-thread.ts", import.meta.url);
const never = new AbortController().signal;

let compute: Compute;
afterEach(() => compute.close());

function start(options: Partial<ComputeOptions> = {}): Compute {
  compute = startCompute({ provider: "cpu", threads: 1, thread: MISBEHAVING, ...options });
  return compute;
}

/** Asks the thread to behave in some way. */
function ask(what: string, signal = never, more = {}) {
  const input = { catalogue: what, separator: "dsp" as const };
  return compute.run("measure-separation", input, { signal, ...more });
}

describe("startCompute", () => {
  it("hands back what the thread reports", async () => {
    start();
    await compute.ready;
    const onRelevance = vi.fn();
    await expect(ask("answer", never, { onRelevance })).resolves.toMatchObject({
      version: "answer",
    });
    expect(onRelevance).toHaveBeenCalledWith(0.5);
  });

  it.each(["crash", "exit"])("outlives a thread that ends with a %s", async (how) => {
    start();
    await expect(ask(how)).rejects.toMatchObject({ failure: { kind: "compute-lost" } });
    await expect(ask("answer")).resolves.toMatchObject({ version: "answer" });
  });

  it("outlives a thread that runs out of memory, and says so", async () => {
    start({ heapMb: 48 });
    await expect(ask("memory")).rejects.toMatchObject({
      failure: { kind: "compute-lost", reason: expect.stringContaining("more memory") },
    });
    await expect(ask("answer")).resolves.toMatchObject({ version: "answer" });
  });

  it("cancels with the signal's reason", async () => {
    start();
    const controller = new AbortController();
    const run = ask("wait", controller.signal, {
      onProgress: () => controller.abort(new Error("no longer wanted")),
    });
    await expect(run).rejects.toThrow("no longer wanted");
    await expect(ask("answer")).resolves.toMatchObject({ version: "answer" });
  });

  it("ends a thread that does not stop when cancelled", async () => {
    start({ stopGraceMs: 50, leaveGraceMs: 50 });
    await compute.ready;
    const run = ask("hang", AbortSignal.timeout(100));
    await expect(run).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(ask("answer")).resolves.toMatchObject({ version: "answer" });
  });

  it("does not end a thread in the middle of a native call, which would end the process", async () => {
    start({ stopGraceMs: 10 });
    const controller = new AbortController();
    const run = ask("native", controller.signal, {
      onProgress: () => setTimeout(() => controller.abort(new Error("no longer wanted")), 50),
    });
    await expect(run).rejects.toThrow("no longer wanted");
    await expect(ask("answer")).resolves.toMatchObject({ version: "answer" });
  });

  it("is closed in the middle of a native call, and the run fails", async () => {
    start();
    const begun = Promise.withResolvers<void>();
    const run = ask("native", never, { onProgress: () => begun.resolve() });
    const outcome = expect(run).rejects.toMatchObject({ failure: { kind: "shutting-down" } });
    await begun.promise;
    await compute.close();
    await outcome;
  });

  it("does not start what was cancelled before, nor anything once closed", async () => {
    start();
    await expect(ask("answer", AbortSignal.abort(new Error("early")))).rejects.toThrow("early");
    await compute.close();
    await expect(ask("answer")).rejects.toMatchObject({ failure: { kind: "shutting-down" } });
  });

  it("tells of a thread that cannot start", async () => {
    start({ thread: new URL("./fixtures/no-such-thread.ts", import.meta.url) });
    await expect(compute.ready).rejects.toMatchObject({ failure: { kind: "compute-lost" } });
  });
});
