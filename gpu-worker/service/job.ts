import { failureOf, problemOf, ServiceError } from "./failure.ts";
import { errorForLog, type Log, type LogLevel } from "./log.ts";

/** The lines of a job's answer: some of them, then one that ends it. */
export interface JobLine {
  kind: string;
}

export interface JobListener<Line> {
  onLine: (line: Line) => void;
  onEnd: () => void;
}

export interface Job<Line> {
  /**
   * Hears every line from now on. Who comes late first gets the newest line of each kind in
   * `replayed`, so that it knows how far the job is.
   *
   * @returns to be called when no longer interested; the job stops when nobody is
   */
  listen(listener: JobListener<Line>): () => void;
  /** Ends the job with a problem line. */
  stop(failure: ServiceError["failure"]): void;
  /** Settles, never rejects, when the job's own work is over too. */
  readonly over: Promise<void>;
}

export interface JobOptions<Line extends JobLine> {
  requestId: string;
  log: Log;
  /** Kinds of lines that tell the state of things. */
  replayed: readonly Line["kind"][];
  /** Makes the line that ends a job which failed. */
  problemLine: (problem: ReturnType<typeof problemOf>) => Line;
  /** Does the work; what it returns ends the job. */
  run: (emit: (line: Line) => void, signal: AbortSignal) => Promise<Line>;
  onEnded: () => void;
}

class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** Starts work at once, and tells any number of listeners how it goes. */
export function startJob<Line extends JobLine>(options: JobOptions<Line>): Job<Line> {
  const { requestId, log, replayed, problemLine, run, onEnded } = options;
  const listeners = new Set<JobListener<Line>>();
  const newest = new Map<string, Line>();
  const controller = new AbortController();
  const { signal } = controller;
  const startedAt = performance.now();
  let ended = false;

  function emit(line: Line): void {
    if (ended) return;
    if (replayed.includes(line.kind)) newest.set(line.kind, line);
    for (const listener of [...listeners]) listener.onLine(line);
  }

  function end(last: Line, level: LogLevel, fields: Record<string, unknown>): void {
    if (ended) return;
    emit(last);
    ended = true;
    onEnded();
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    log(level, "job-ended", { requestId, seconds, ...fields });
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
      error: errorForLog(error),
    });
  }

  // Whoever listens hears of a stop at once, even while a forward pass cannot be interrupted.
  signal.addEventListener("abort", () => fail(signal.reason), { once: true });

  const over = run(emit, signal).then((last) => end(last, "info", { outcome: "done" }), fail);

  return {
    over,
    listen(listener) {
      for (const line of newest.values()) listener.onLine(line);
      listeners.add(listener);
      return () => {
        if (!listeners.delete(listener) || ended) return;
        if (listeners.size === 0) controller.abort(new Abandoned("nobody listens any more"));
      };
    },
    stop(failure) {
      controller.abort(new ServiceError(failure));
    },
  };
}
