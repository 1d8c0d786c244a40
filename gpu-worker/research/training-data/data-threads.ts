import { Worker } from "node:worker_threads";
import { InputError } from "../../engine/input-error.ts";
import { createDataTasks, type DataResults, type DataSetup, type DataTask } from "./data-tasks.ts";

export interface DataOrder {
  id: number;
  task: DataTask;
}

export type DataReport =
  | { id: number; result: DataResults[DataTask["kind"]] }
  | { id: number; failure: Error; isInput: boolean };

/** Threads that prepare data while the model trains. */
export interface DataThreads {
  /** How many tasks are best under way at a time. */
  readonly parallel: number;
  /** @throws InputError where a sound cannot be used */
  perform<Task extends DataTask>(task: Task): Promise<DataResults[Task["kind"]]>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: DataResults[DataTask["kind"]]): void;
  reject(error: unknown): void;
}

/** @param count threads; 0 does the work in the caller's thread, as the original's default does */
export function startDataThreads(count: number, setup: DataSetup): DataThreads {
  if (count === 0) {
    const perform = createDataTasks(setup);
    return {
      parallel: 1,
      // A task answers with that task's result.
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
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let lost: Error | null = null;

  worker.on("message", (report: DataReport) => {
    const { resolve, reject } = waiting.get(report.id)!;
    waiting.delete(report.id);
    if ("result" in report) resolve(report.result);
    else if (report.isInput) {
      reject(new InputError(report.failure.message, { cause: report.failure }));
    } else reject(report.failure);
  });
  worker.on("error", (cause) => {
    lost = new Error("a data thread broke down", { cause });
  });
  worker.on("exit", () => {
    lost ??= new Error("a data thread ended");
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  });

  return {
    load: () => waiting.size,
    perform(task: DataTask): Promise<DataResults[DataTask["kind"]]> {
      if (lost) return Promise.reject(lost);
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, task } satisfies DataOrder);
      });
    },
    close: () => worker.terminate(),
  };
}

/**
 * Does tasks in advance, but hands their results out in order: the stream does not depend on which
 * task is done first.
 *
 * @param ahead tasks under way at a time, at least 1
 * @returns results in the order of the tasks; ends early where the consumer does
 */
export async function* prefetch<Task, Result>(
  tasks: Iterable<Task>,
  ahead: number,
  perform: (task: Task) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const underWay: Promise<Result>[] = [];
  const begin = (task: Task) => {
    const result = perform(task);
    // Whoever takes its turn hears of a failure; until then it is no unhandled one.
    result.catch(() => {});
    underWay.push(result);
  };
  for (const task of tasks) {
    begin(task);
    if (underWay.length > ahead) yield await underWay.shift()!;
  }
  for (const result of underWay) yield await result;
}
