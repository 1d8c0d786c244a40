import { Worker } from "node:worker_threads";
import type { Progress } from "@lemons/shared/contract/job";
import { ServiceError } from "../../service/failure.ts";
import type {
  ComputeKind,
  ComputeOrder,
  ComputeReport,
  ComputeSetup,
  ComputeTasks,
} from "./compute-messages.ts";

/** How long a cancelled run may go on until its caller waits no longer and its thread is to end. */
const STOP_GRACE_MS = 3000;

/**
 * How long a thread that is to end may take to finish the native call that it is in. Ending it within one
 * would end the whole process: onnxruntime's binding throws what nobody can catch any more.
 */
const LEAVE_GRACE_MS = 60_000;
const THREAD = new URL("./compute-thread.ts", import.meta.url);

export interface ComputeOptions extends ComputeSetup {
  /** Megabytes of JavaScript heap; a run that needs more breaks off and the thread starts anew. */
  heapMb?: number;
  stopGraceMs?: number;
  leaveGraceMs?: number;
  /** Entry of the thread. */
  thread?: URL;
}

export interface RunOptions {
  signal: AbortSignal;
  onProgress?: (progress: Progress) => void;
  onRelevance?: (relevance: number) => void;
}

/** One thread that does all of the work that would stop the event loop. One run at a time. */
export interface Compute {
  /** Settles when the thread has loaded what it needs. */
  readonly ready: Promise<void>;
  /**
   * @throws ServiceError `input-unusable`; `compute-lost` where the thread died
   * @throws the signal's reason where it is aborted
   * @throws Error for whatever else went wrong in the thread
   */
  run<Kind extends ComputeKind>(
    task: Kind,
    input: ComputeTasks[Kind]["input"],
    options: RunOptions,
  ): Promise<ComputeTasks[Kind]["output"]>;
  /** Ends the thread; a run that is going on fails. */
  close(): Promise<void>;
}

interface Run {
  options: RunOptions;
  resolve: (output: ComputeTasks[ComputeKind]["output"]) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  worker: Worker;
  ready: Promise<void>;
}

export function startCompute(options: ComputeOptions): Compute {
  const {
    provider,
    threads,
    cacheFolder = null,
    cacheMs,
    heapMb,
    stopGraceMs = STOP_GRACE_MS,
    leaveGraceMs = LEAVE_GRACE_MS,
    thread: entry = THREAD,
  } = options;
  let current: Run | null = null;
  let closed = false;
  /** Settles when no thread is left that was to end. */
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
    // Whoever awaits `ready` hears of it; a failed restart shows in the next run.
    ready.catch(() => {});
    let isReady = false;
    let cause: unknown;
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", () => {
      const reason = isReady ? lostReason(cause) : "The compute thread cannot start.";
      const lost = new ServiceError({ kind: "compute-lost", reason }, { cause });
      reject(lost);
      if (thread?.worker !== worker) return;
      thread = null;
      endRun((run) => run.reject(run.options.signal.aborted ? run.options.signal.reason : lost));
    });
    worker.on("message", (report: ComputeReport) => {
      if (report.kind === "ready") {
        isReady = true;
        resolve();
      } else if (thread?.worker === worker) hear(report);
    });
    return { worker, ready };
  }

  function endRun(settle: (run: Run) => void): void {
    const run = current;
    current = null;
    if (run) settle(run);
  }

  function hear(report: Exclude<ComputeReport, { kind: "ready" }>): void {
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
        endRun((run) => run.reject(new ServiceError({ ...report })));
        return;
      case "failed":
        endRun(({ options: { signal }, reject }) =>
          reject(signal.aborted ? signal.reason : report.error),
        );
    }
  }

  /** Has a thread end as soon as it can, and by force where it does not. */
  function discard(worker: Worker): Promise<void> {
    if (thread?.worker === worker) thread = null;
    const { promise: exit, resolve } = Promise.withResolvers<void>();
    worker.once("exit", () => resolve());
    worker.postMessage({ kind: "leave" } satisfies ComputeOrder);
    const impatience = setTimeout(() => void worker.terminate(), leaveGraceMs);
    left = exit.then(() => clearTimeout(impatience));
    return left;
  }

  return {
    get ready() {
      return thread?.ready ?? Promise.reject(new Error("the compute thread is gone"));
    },
    async run(task, input, runOptions) {
      const { signal } = runOptions;
      signal.throwIfAborted();
      if (closed) throw new ServiceError({ kind: "shutting-down" });
      if (current) throw new Error("the compute thread does one run at a time");
      const started = Promise.withResolvers<ComputeTasks[ComputeKind]["output"]>();
      current = { options: runOptions, resolve: started.resolve, reject: started.reject };
      // A thread that died, or that was ended because it would not stop, is replaced here, once it is gone:
      // two at a time would need twice the memory.
      await left;
      if (closed || signal.aborted) {
        current = null;
        throw closed ? new ServiceError({ kind: "shutting-down" }) : signal.reason;
      }
      thread ??= startThread();
      const { worker } = thread;
      worker.postMessage({ kind: "run", task, input } as ComputeOrder);
      let impatience: NodeJS.Timeout | undefined;
      const cancel = () => {
        worker.postMessage({ kind: "cancel" } satisfies ComputeOrder);
        impatience = setTimeout(() => {
          void discard(worker);
          endRun(({ reject }) => reject(signal.reason));
        }, stopGraceMs);
      };
      signal.addEventListener("abort", cancel, { once: true });
      try {
        // The thread answers a task with that task's output.
        return (await started.promise) as ComputeTasks[typeof task]["output"];
      } finally {
        clearTimeout(impatience);
        signal.removeEventListener("abort", cancel);
      }
    },
    async close() {
      closed = true;
      if (thread) {
        const { worker } = thread;
        endRun(({ reject }) => reject(new ServiceError({ kind: "shutting-down" })));
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
