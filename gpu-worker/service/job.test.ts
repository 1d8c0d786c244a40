import { describe, expect, it, vi } from "vitest";
import { type Job, type JobLine, startJob } from "./job.ts";

interface Line extends JobLine {
  value?: unknown;
}

type Run = (emit: (line: Line) => void, signal: AbortSignal) => Promise<Line>;

function start(run: Run) {
  const log = vi.fn();
  const onEnded = vi.fn();
  const job: Job<Line> = startJob<Line>({
    requestId: "request-1",
    log,
    replayed: ["progress"],
    problemLine: (problem) => ({ kind: "problem", value: problem }),
    run,
    onEnded,
  });
  return { job, log, onEnded };
}

/** A listener that keeps what it hears. */
function ear(job: Job<Line>) {
  const heard: (Line | "end")[] = [];
  const leave = job.listen({
    onLine: (line) => heard.push(line),
    onEnd: () => heard.push("end"),
  });
  return { heard, leave };
}

describe("startJob", () => {
  it("tells every listener the same lines, and a late one how far it is", async () => {
    const { promise, resolve } = Promise.withResolvers<Line>();
    let emit: (line: Line) => void = () => {};
    const { job, onEnded } = start((given) => {
      emit = given;
      return promise;
    });
    const first = ear(job);
    emit({ kind: "progress", value: 1 });
    emit({ kind: "progress", value: 2 });
    emit({ kind: "score", value: "missed by the second" });
    const second = ear(job);
    emit({ kind: "progress", value: 3 });
    resolve({ kind: "result" });
    await job.over;
    expect(first.heard.slice(3)).toEqual([
      { kind: "progress", value: 3 },
      { kind: "result" },
      "end",
    ]);
    expect(second.heard).toEqual([
      { kind: "progress", value: 2 },
      { kind: "progress", value: 3 },
      { kind: "result" },
      "end",
    ]);
    expect(onEnded).toHaveBeenCalledOnce();
  });

  it("ends with a problem that hides an unexpected error, and logs all of it", async () => {
    const { job, log } = start(async () => {
      throw new Error("the secret cause");
    });
    const { heard } = ear(job);
    await job.over;
    expect(heard).toEqual([
      {
        kind: "problem",
        value: expect.objectContaining({ status: 500, instance: "request-1" }),
      },
      "end",
    ]);
    expect(JSON.stringify(heard)).not.toContain("secret");
    expect(log).toHaveBeenCalledWith(
      "error",
      "job-ended",
      expect.objectContaining({
        requestId: "request-1",
        error: expect.objectContaining({ message: "the secret cause" }),
      }),
    );
  });

  it("goes on while anybody listens, and stops when nobody does", async () => {
    let given: AbortSignal | undefined;
    const { job } = start(
      (_emit, signal) =>
        new Promise((_resolve, reject) => {
          given = signal;
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    );
    const first = ear(job);
    const second = ear(job);
    first.leave();
    expect(given?.aborted).toBe(false);
    second.leave();
    expect(given?.aborted).toBe(true);
    await job.over;
  });

  it("ends for its listeners at once when stopped, even while its work cannot be", async () => {
    const { promise, resolve } = Promise.withResolvers<Line>();
    const { job, onEnded } = start(() => promise);
    const { heard } = ear(job);
    job.stop({ kind: "shutting-down" });
    expect(heard).toMatchObject([
      { kind: "problem", value: { type: "/problems/worker-shutting-down", status: 503 } },
      "end",
    ]);
    resolve({ kind: "result" });
    await job.over;
    expect(heard).toHaveLength(2);
    expect(onEnded).toHaveBeenCalledOnce();
  });
});
