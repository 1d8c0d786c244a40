import { Worker } from "node:worker_threads";
import { InputError } from "../../engine/input-error.ts";
import { createDataTasks, type DataResults, type DataSetup, type DataTask } from "./data-tasks.ts";

/** Message to a data thread. */
export interface DataRequest {
  id: number;
  task: DataTask;
}

/** Message from a data thread. */
export type DataResponse =
  | { id: number; result: DataResults[DataTask["kind"]] }
  | { id: number; failure: Error; isInput: boolean };

/** Threads that prepare data during training. */
export interface DataThreads {
  /** Number of tasks to run at the same time. */
  readonly parallel: number;
  /**
   * Performs a task.
   *
   * @throws InputError if a sound can't be used
   */
  perform<Task extends DataTask>(task: Task): Promise<DataResults[Task["kind"]]>;
  close(): Promise<void>;
}

interface PendingTask {
  resolve(result: DataResults[DataTask["kind"]]): void;
  reject(error: unknown): void;
}

/**
 * Starts data threads.
 *
 * @param count number of threads; 0 works in the caller's thread, the original's default
 */
export function startDataThreads(count: number, setup: DataSetup): DataThreads {
  if (count === 0) {
    const perform = createDataTasks(setup);
    return {
      parallel: 1,
      // The result type follows from the task, which TypeScript can't see.
      perform: (task) => perform(task) as never,
      close: async () => {},
    };
  }
  const threads = Array.from({ length: count }, () => startThread(setup));
  return {
    parallel: count,
    perform(task) {
      const idlest = threads.reduce((a, b) => (b.load() < a.load() ? b : a));
      return idlest.perform(task) as never;
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function startThread(setup: DataSetup) {
  const worker = new Worker(new URL("./data-thread.ts", import.meta.url), { workerData: setup });
  const pending = new Map<number, PendingTask>();
  let next = 0;
  let lost: Error | null = null;

  worker.on("message", (response: DataResponse) => {
    const { resolve, reject } = pending.get(response.id)!;
    pending.delete(response.id);
    if ("result" in response) resolve(response.result);
    else if (response.isInput) {
      reject(new InputError(response.failure.message, { cause: response.failure }));
    } else reject(response.failure);
  });
  worker.on("error", (cause) => {
    lost = new Error("a data thread failed", { cause });
  });
  worker.on("exit", () => {
    lost ??= new Error("a data thread exited unexpectedly");
    for (const { reject } of pending.values()) reject(lost);
    pending.clear();
  });

  return {
    load: () => pending.size,
    perform(task: DataTask): Promise<DataResults[DataTask["kind"]]> {
      if (lost) return Promise.reject(lost);
      const id = next++;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, task } satisfies DataRequest);
      });
    },
    close: () => worker.terminate(),
  };
}

/**
 * Runs tasks ahead of the consumer and yields their results in the order of the tasks, regardless of
 * which task finishes first.
 *
 * @param ahead number of tasks started before the consumer needs them, at least 1
 * @returns results in the order of the tasks; starts no further task once the consumer stops
 */
export async function* prefetch<Task, Result>(
  tasks: Iterable<Task>,
  ahead: number,
  perform: (task: Task) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const running: Promise<Result>[] = [];
  const begin = (task: Task) => {
    const result = perform(task);
    // The consumer gets the failure when it awaits the result; before that it isn't unhandled.
    result.catch(() => {});
    running.push(result);
  };
  for (const task of tasks) {
    begin(task);
    if (running.length > ahead) yield await running.shift()!;
  }
  for (const result of running) yield await result;
}
