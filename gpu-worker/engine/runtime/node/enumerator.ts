import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { combineParts } from "@lemons/shared/enumeration/enumerate";
import {
  createEnumeration,
  type Enumeration,
  type PartStatistics,
} from "@lemons/shared/enumeration/enumeration";
import { compileEnumeration, type EnumerationModule } from "@lemons/shared/enumeration/module";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { Enumerator } from "../runtime.ts";

const MAX_THREADS = 4;
/** Below this (2^20 masks take 10 ms), copying the table to the threads costs more than it saves. */
const MIN_COMPONENTS_FOR_THREADS = 20;

/** The committed WebAssembly module; `build-wasm.ts` builds it. */
export const MODULE_URL = new URL("../../../../shared/enumeration/enumerate.wasm", import.meta.url);

let compiled: EnumerationModule | null = null;

/** Returns the compiled enumerate.wasm, which is read once. */
export function enumerationModule(): EnumerationModule {
  compiled ??= compileEnumeration(readFileSync(MODULE_URL));
  return compiled;
}

/** The `workerData` of an enumeration thread. */
export interface EnumeratorSetup {
  module: EnumerationModule;
}

/** A table to help with. */
export interface EnumerateOrder {
  order: number;
  table: FoldedTable;
  /** Number of parts. */
  parts: number;
  /** Index of the next part that no thread has taken. Shared by all threads. */
  nextPart: Int32Array<SharedArrayBuffer>;
}

/** A thread's result for one part. */
export interface PartDone {
  order: number;
  part: number;
  statistics: PartStatistics;
}

/** Takes parts from the shared counter and computes them until none is left. */
export function takeParts(
  { parts, run }: Enumeration,
  nextPart: Int32Array<SharedArrayBuffer>,
  onPart: (part: number, statistics: PartStatistics) => void,
): void {
  for (;;) {
    const part = Atomics.add(nextPart, 0, 1);
    if (part >= parts) return;
    onPart(part, run(part));
  }
}

/** An enumeration that waits for its parts. */
interface PendingOrder {
  keep(part: number, statistics: PartStatistics): void;
  fail(error: unknown): void;
}

/**
 * Starts an enumerator and its helping threads.
 *
 * @param threads that work on a table, the caller's included; by default one a core, up to 4
 */
export function startEnumerator(
  threads: number = Math.min(availableParallelism(), MAX_THREADS),
): Enumerator {
  const module = enumerationModule();
  const pending = new Map<number, PendingOrder>();
  const workerData: EnumeratorSetup = { module };
  let orders = 0;
  const helpers = new Set<Worker>();
  const failAll = (error: unknown) => {
    for (const { fail } of pending.values()) fail(error);
  };
  for (let i = 1; i < Math.min(threads, MAX_THREADS); i++) {
    const helper = new Worker(new URL("./enumerator-thread.ts", import.meta.url), { workerData });
    helper.unref();
    helper.on("message", ({ order, part, statistics }: PartDone) =>
      pending.get(order)?.keep(part, statistics),
    );
    helper.on("error", failAll);
    helper.on("exit", (code) => {
      helpers.delete(helper);
      failAll(new Error(`an enumeration thread ended with code ${code}`));
    });
    helpers.add(helper);
  }

  return {
    async enumerate(table, onPart) {
      const enumeration = createEnumeration(module, table);
      const { audible, parts } = enumeration;
      const nextPart = new Int32Array(new SharedArrayBuffer(4));
      const results: PartStatistics[] = new Array(parts);
      const order = orders++;
      const finished = Promise.withResolvers<void>();
      // If this thread fails first, nothing awaits the others' result.
      finished.promise.catch(() => {});
      let done = 0;
      const keep = (part: number, statistics: PartStatistics) => {
        results[part] = statistics;
        done++;
        onPart?.(done, parts);
        if (done === parts) finished.resolve();
      };
      try {
        if (audible.length >= MIN_COMPONENTS_FOR_THREADS && helpers.size > 0) {
          pending.set(order, {
            fail: finished.reject,
            keep(part, statistics) {
              try {
                keep(part, statistics);
              } catch (error) {
                finished.reject(error);
              }
            },
          });
          for (const helper of helpers) {
            helper.ref();
            helper.postMessage({ order, table, parts, nextPart } satisfies EnumerateOrder);
          }
        }
        takeParts(enumeration, nextPart, keep);
        await finished.promise;
      } finally {
        Atomics.store(nextPart, 0, parts);
        pending.delete(order);
        if (pending.size === 0) for (const helper of helpers) helper.unref();
      }
      return combineParts(table.segments * table.sources, enumeration, results);
    },
    async close() {
      await Promise.all([...helpers].map((helper) => helper.terminate()));
    },
  };
}
