import { describe, expect, it, vi } from "vitest";
import { type JobLine, type RunningJob, startJob } from "./job.ts";

interface Line extends JobLine {
  value?: unknown;
}

type Run = (emit: (line: Line) => void, signal: AbortSignal) => Promise<Line>;

function start(run: Run) {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const onEnded = vi.fn();
  const job: RunningJob<Line> = startJob<Line>({
    requestId: "request-1",
    log,
    replayed: ["progress"],
    problemLine: (problem) => ({ kind: "problem", value: problem }),
    run,
    onEnded,
  });
  return { job, log, onEnded };
}

/** Adds a listener that records what it receives. */
function listen(job: RunningJob<Line>) {
  const heard: (Line | "end")[] = [];
  const leave = job.listen({
    onLine: (line) => heard.push(line),
    onEnd: () => heard.push("end"),
  });
  return { heard, leave };
}

describe("startJob", () => {
  it("sends every listener the same lines, and replays the state to a late one", async () => {
    const { promise, resolve } = Promise.withResolvers<Line>();
    let emit: (line: Line) => void = () => {};
    const { job, onEnded } = start((given) => {
      emit = given;
      return promise;
    });
    const first = listen(job);
    emit({ kind: "progress", value: 1 });
    emit({ kind: "progress", value: 2 });
    emit({ kind: "score", value: "missed by the second" });
    const second = listen(job);
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

  it("hides an unexpected error from the caller and logs it whole", async () => {
    const { job, log } = start(async () => {
      throw new Error("the secret cause");
    });
    const { heard } = listen(job);
    await job.over;
    expect(heard).toEqual([
      {
        kind: "problem",
        value: expect.objectContaining({ status: 500, instance: "request-1" }),
      },
      "end",
    ]);
    expect(JSON.stringify(heard)).not.toContain("secret");
    expect(log.error).toHaveBeenCalledWith(
      expect.objectContaining({
        requestId: "request-1",
        error: expect.objectContaining({ message: "the secret cause" }),
      }),
      "job-ended",
    );
  });

  it("stops when its last listener leaves", async () => {
    let given: AbortSignal | undefined;
    const { job } = start(
      (_emit, signal) =>
        new Promise((_resolve, reject) => {
          given = signal;
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    );
    const first = listen(job);
    const second = listen(job);
    first.leave();
    expect(given?.aborted).toBe(false);
    second.leave();
    expect(given?.aborted).toBe(true);
    await job.over;
  });

  it("ends at once for its listeners when stopped, even if its work can't be interrupted", async () => {
    const { promise, resolve } = Promise.withResolvers<Line>();
    const { job, onEnded } = start(() => promise);
    const { heard } = listen(job);
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
