import { failureOf, type ProblemDetails, problemOf, ServiceError } from "./failure.ts";
import type { Log, LogLevel } from "./log.ts";

/** A line of a job's response. */
export interface JobLine {
  kind: string;
}

export interface JobListener<Line> {
  onLine: (line: Line) => void;
  onEnd: () => void;
}

export interface RunningJob<Line> {
  /**
   * Sends every line from now on to a listener, after the newest line of each kind in `replayed`.
   *
   * @returns stops listening; the job stops when its last listener does
   */
  listen(listener: JobListener<Line>): () => void;
  /** Ends the job with a problem line. */
  stop(failure: ServiceError["failure"]): void;
  /** Settles, never rejects, when the job's work has ended, which may be after its last line. */
  readonly over: Promise<void>;
}

export interface JobOptions<Line extends JobLine> {
  requestId: string;
  log: Log;
  /** Kinds of lines that describe the job's state. */
  replayed: readonly string[];
  /** Creates the line that ends a failed job. */
  problemLine: (problem: ProblemDetails) => Line;
  /** Does the work and returns the line that ends the job. */
  run: (emit: (line: Line) => void, signal: AbortSignal) => Promise<Line>;
  onEnded: () => void;
}

class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** Starts work at once and sends its lines to any number of listeners. */
export function startJob<Line extends JobLine>(options: JobOptions<Line>): RunningJob<Line> {
  const { requestId, log, replayed, problemLine, run, onEnded } = options;
  const listeners = new Set<JobListener<Line>>();
  const newest = new Map<string, Line>();
  const controller = new AbortController();
  const { signal } = controller;
  const startedAt = performance.now();
  let hasEnded = false;

  function emit(line: Line): void {
    if (hasEnded) return;
    if (replayed.includes(line.kind)) newest.set(line.kind, line);
    for (const listener of [...listeners]) listener.onLine(line);
  }

  function end(last: Line, level: LogLevel, fields: Record<string, unknown>): void {
    if (hasEnded) return;
    emit(last);
    hasEnded = true;
    onEnded();
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    log[level]({ requestId, seconds, ...fields }, "job-ended");
    for (const listener of [...listeners]) listener.onEnd();
    listeners.clear();
  }

  function fail(error: unknown): void {
    const problem = problemOf(failureOf(error), requestId);
    if (error instanceof Abandoned) {
      end(problemLine(problem), "info", { outcome: "abandoned" });
      return;
    }
    // Below 500 the request is at fault, not the worker.
    end(problemLine(problem), problem.status >= 500 ? "error" : "warn", {
      outcome: "failed",
      problem: problem.type,
      error,
    });
  }

  // Listeners learn of a stop at once, even while a forward pass can't be interrupted.
  signal.addEventListener("abort", () => fail(signal.reason), { once: true });

  const over = run(emit, signal).then((last) => end(last, "info", { outcome: "done" }), fail);

  return {
    over,
    listen(listener) {
      for (const line of newest.values()) listener.onLine(line);
      listeners.add(listener);
      return () => {
        if (!listeners.delete(listener) || hasEnded) return;
        if (listeners.size === 0) controller.abort(new Abandoned("The last listener left."));
      };
    },
    stop(failure) {
      controller.abort(new ServiceError(failure));
    },
  };
}
