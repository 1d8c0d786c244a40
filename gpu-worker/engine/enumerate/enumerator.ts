import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { combineParts, type OnPart } from "@lemons/shared/enumeration/enumerate";
import { createEnumeration, type PartStatistics } from "@lemons/shared/enumeration/enumeration";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { EnumerateOrder, EnumerateSetup, PartDone } from "./enumerate-messages.ts";
import { enumerationModule } from "./enumeration-module.ts";
import { takeParts } from "./take-parts.ts";

const MAX_THREADS = 4;
/** Fewer masks (2^20 take 10 ms) are not worth the copies of the table. */
const MIN_COMPONENTS_FOR_THREADS = 20;

/** Enumerates tables on several threads; the threads stay for the next one. */
export interface Enumerator {
  /**
   * `enumerate` of shared/enumeration, to the same bits. The calling thread takes its share of the
   * parts, and its event loop stands still meanwhile (0.2 to 0.4 s for 2^25 masks).
   *
   * @param onPart told of the parts done, now and then
   * @throws RangeError where the table does not hang together or its numbers are not finite
   * @throws NotEnumerable where it hears more than 25 components
   */
  enumerate(table: FoldedTable, onPart?: OnPart): Promise<MaskStatistics>;
  /** Ends the threads; what they work on is rejected. */
  close(): Promise<void>;
}

/** Someone who waits for parts. */
interface Listener {
  keep(part: number, statistics: PartStatistics): void;
  fail(error: unknown): void;
}

/**
 * Starts the helping threads, which takes them a tenth of a second: best done before there is
 * anything to enumerate. They do not keep the process alive.
 *
 * @param threads that work on a table, the caller's among them; by default as many as there are
 *   cores, up to 4
 */
export function createEnumerator({
  threads = Math.min(availableParallelism(), MAX_THREADS),
}: {
  threads?: number | undefined;
} = {}): Enumerator {
  const module = enumerationModule();
  const listeners = new Map<number, Listener>();
  const workerData: EnumerateSetup = { module };
  let orders = 0;
  const helpers = new Set<Worker>();
  const failAll = (error: unknown) => {
    for (const { fail } of listeners.values()) fail(error);
  };
  for (let i = 1; i < threads; i++) {
    const helper = new Worker(new URL("./enumerate-thread.ts", import.meta.url), { workerData });
    helper.unref();
    helper.on("message", ({ order, part, statistics }: PartDone) =>
      listeners.get(order)?.keep(part, statistics),
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
      // Where this thread fails first, nobody asks how the others fared.
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
          listeners.set(order, {
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
        listeners.delete(order);
        if (listeners.size === 0) for (const helper of helpers) helper.unref();
      }
      return combineParts(table.segments * table.sources, enumeration, results);
    },
    async close() {
      await Promise.all([...helpers].map((helper) => helper.terminate()));
    },
  };
}
