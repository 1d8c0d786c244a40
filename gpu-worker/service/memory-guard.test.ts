import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Compute, startCompute } from "../engine/compute/node/compute.ts";
import type { ThreadBehaviour } from "../engine/compute/node/fixtures/misbehaving-thread.ts";
import { failureOf } from "./failure.ts";
import { defaultMaxMemoryBytes, guardMemory } from "./memory-guard.ts";

const THREAD = new URL("../engine/compute/node/fixtures/misbehaving-thread.ts", import.meta.url);
const MEBIBYTE = 1024 * 1024;
const never = new AbortController().signal;

type Tasks = { behave: { input: ThreadBehaviour; output: unknown } };

let compute: Compute<Tasks>;
beforeEach(() => {
  const unguarded = startCompute<Tasks>({
    provider: "cpu",
    threads: 1,
    stopGraceMs: 50,
    thread: THREAD,
  });
  compute = guardMemory(unguarded, { maxBytes: 0, minJobBytes: 128 * MEBIBYTE, pollMs: 20 });
});
afterEach(() => compute.close());

describe("guardMemory", () => {
  it("ends a run that takes too much memory outside the heap, and the next one runs", async () => {
    const failure = await compute
      .run("behave", "buffers", { signal: never })
      .then(() => null, failureOf);
    expect(failure).toMatchObject({
      kind: "input-unusable",
      subject: "request",
      reason: expect.stringMatching(/needs more memory than the worker may use \(\d+ MiB\)/),
    });
    expect(await compute.run("behave", "answer", { signal: never })).toBe("answer");
  });

  it("passes on an abort", async () => {
    const controller = new AbortController();
    const run = compute.run("behave", "wait", {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(run).rejects.toThrow("enough");
  });
});

describe("defaultMaxMemoryBytes", () => {
  it("leaves a part of the memory to the system", () => {
    expect(defaultMaxMemoryBytes()).toBeGreaterThan(100 * MEBIBYTE);
    expect(Number.isInteger(defaultMaxMemoryBytes())).toBe(true);
  });
});
