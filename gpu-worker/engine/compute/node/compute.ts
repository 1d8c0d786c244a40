import { Worker } from "node:worker_threads";
import type { Progress } from "@lemons/shared/contract/job";
import { UnusableInputError } from "../../input-error.ts";
import type {
  ComputeOrder,
  ComputeReport,
  ComputeSetup,
  EngineTasks,
  TaskTypes,
} from "../messages.ts";

/** How long a cancelled run may continue before its caller is released and its thread is replaced. */
const STOP_GRACE_MS = 3000;

/**
 * How long a thread may take to finish its native call before it is terminated. Terminating it within
 * one would end the whole process: onnxruntime's binding throws an exception that can't be caught.
 */
const LEAVE_GRACE_MS = 60_000;
const ENGINE_THREAD = new URL("./compute-thread.ts", import.meta.url);

/** The compute thread died during a run. It is replaced for the next one. */
export class ComputeLostError extends Error {
  override readonly name = "ComputeLostError";
}

/** The compute thread was closed before or during a run. */
export class ComputeClosedError extends Error {
  override readonly name = "ComputeClosedError";

  constructor() {
    super("the compute thread is closed");
  }
}

export interface ComputeOptions extends ComputeSetup {
  /** Megabytes of JavaScript heap. A run that needs more fails, and the thread is replaced. */
  heapMb?: number;
  stopGraceMs?: number;
  leaveGraceMs?: number;
  /** Entry of the thread, which decides its tasks; the engine's own by default. */
  thread?: URL;
}

export interface RunOptions {
  signal: AbortSignal;
  onProgress?: (progress: Progress) => void;
  onRelevance?: (relevance: number) => void;
}

/** One thread for all work that would block the event loop. It performs one run at a time. */
export interface Compute<Tasks extends TaskTypes = EngineTasks> {
  /** Settles when the thread has loaded its modules. */
  readonly ready: Promise<void>;
  /**
   * Runs a task.
   *
   * @throws UnusableInputError if the task can't use its input
   * @throws ComputeLostError if the thread died; ComputeClosedError after `close`
   * @throws the signal's reason if it is aborted; any other error of the task
   */
  run<Name extends keyof Tasks & string>(
    task: Name,
    input: Tasks[Name]["input"],
    options: RunOptions,
  ): Promise<Tasks[Name]["output"]>;
  /** Ends the thread. A run in progress fails. */
  close(): Promise<void>;
}

interface Run {
  options: RunOptions;
  resolve: (output: unknown) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  worker: Worker;
  ready: Promise<void>;
}

/**
 * Starts a compute thread.
 *
 * @typeParam Tasks of the thread's entry
 */
export function startCompute<Tasks extends TaskTypes = EngineTasks>(
  options: ComputeOptions,
): Compute<Tasks> {
  const {
    provider,
    threads,
    cacheFolder = null,
    cacheMs,
    heapMb,
    stopGraceMs = STOP_GRACE_MS,
    leaveGraceMs = LEAVE_GRACE_MS,
    thread: entry = ENGINE_THREAD,
  } = options;
  let current: Run | null = null;
  let closed = false;
  /** Settles when every discarded thread has exited. */
  let left: Promise<void> = Promise.resolve();
  let thread: Thread | null = startThread();

  function startThread(): Thread {
    const setup: ComputeSetup = {
      provider,
      threads,
      cacheFolder,
      ...(cacheMs !== undefined && { cacheMs }),
    };
    const worker = new Worker(entry, {
      workerData: setup,
      ...(heapMb ? { resourceLimits: { maxOldGenerationSizeMb: heapMb } } : {}),
    });
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    // Callers that await `ready` see the error; a failed restart shows in the next run.
    ready.catch(() => {});
    let isReady = false;
    let cause: unknown;
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", () => {
      const reason = isReady ? lostReason(cause) : "The compute thread cannot start.";
      const lost = new ComputeLostError(reason, { cause });
      reject(lost);
      if (thread?.worker !== worker) return;
      thread = null;
      endRun((run) => run.reject(run.options.signal.aborted ? run.options.signal.reason : lost));
    });
    worker.on("message", (report: ComputeReport) => {
      if (report.kind === "ready") {
        isReady = true;
        resolve();
      } else if (thread?.worker === worker) receive(report);
    });
    return { worker, ready };
  }

  function endRun(settle: (run: Run) => void): void {
    const run = current;
    current = null;
    if (run) settle(run);
  }

  function receive(report: Exclude<ComputeReport, { kind: "ready" }>): void {
    switch (report.kind) {
      case "progress":
        current?.options.onProgress?.(report.progress);
        return;
      case "relevance":
        current?.options.onRelevance?.(report.relevance);
        return;
      case "done":
        endRun((run) => run.resolve(report.output));
        return;
      case "input-unusable":
        endRun((run) => run.reject(new UnusableInputError(report.subject, report.reason)));
        return;
      case "failed":
        endRun(({ options: { signal }, reject }) =>
          reject(signal.aborted ? signal.reason : report.error),
        );
    }
  }

  /** Asks a thread to exit, and terminates it if it doesn't. */
  function discard(worker: Worker): Promise<void> {
    if (thread?.worker === worker) thread = null;
    const { promise: exit, resolve } = Promise.withResolvers<void>();
    worker.once("exit", () => resolve());
    worker.postMessage({ kind: "leave" } satisfies ComputeOrder);
    const force = setTimeout(() => void worker.terminate(), leaveGraceMs);
    left = exit.then(() => clearTimeout(force));
    return left;
  }

  return {
    get ready() {
      return thread?.ready ?? Promise.reject(new Error("the compute thread has ended"));
    },
    async run(task, input, runOptions) {
      const { signal } = runOptions;
      signal.throwIfAborted();
      if (closed) throw new ComputeClosedError();
      if (current) throw new Error("the compute thread performs one run at a time");
      const started = Promise.withResolvers<unknown>();
      current = { options: runOptions, resolve: started.resolve, reject: started.reject };
      // A discarded thread is replaced only after it has exited: two at a time need twice the memory.
      await left;
      if (closed || signal.aborted) {
        current = null;
        throw closed ? new ComputeClosedError() : signal.reason;
      }
      thread ??= startThread();
      const { worker } = thread;
      worker.postMessage({ kind: "run", task, input } satisfies ComputeOrder);
      let force: NodeJS.Timeout | undefined;
      const cancel = () => {
        worker.postMessage({ kind: "cancel" } satisfies ComputeOrder);
        force = setTimeout(() => {
          void discard(worker);
          endRun(({ reject }) => reject(signal.reason));
        }, stopGraceMs);
      };
      signal.addEventListener("abort", cancel, { once: true });
      try {
        return await started.promise;
      } finally {
        clearTimeout(force);
        signal.removeEventListener("abort", cancel);
      }
    },
    async close() {
      closed = true;
      if (thread) {
        const { worker } = thread;
        endRun(({ reject }) => reject(new ComputeClosedError()));
        await discard(worker);
      }
      await left;
    },
  };
}

function lostReason(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    return "The computation needed more memory than the worker has. Try a shorter track.";
  }
  return "The compute thread ended unexpectedly; it has been replaced. Try again.";
}
