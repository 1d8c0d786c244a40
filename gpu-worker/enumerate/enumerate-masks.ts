import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { combineParts } from "@lemons/shared/enumeration/combine-parts";
import type { OnPart } from "@lemons/shared/enumeration/enumerate";
import { createEnumeration, type PartStatistics } from "@lemons/shared/enumeration/enumeration";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { EnumerateSetup, PartDone } from "./enumerate-messages.ts";
import { enumerationModule } from "./enumeration-module.ts";
import { takeParts } from "./take-parts.ts";

/** Past so many threads their start takes longer than they save. */
const MAX_THREADS = 4;
/** 2^23 masks take a tenth of a second, about as long as a thread's start. */
const MIN_COMPONENTS_FOR_THREADS = 23;

export interface EnumerateOptions {
  /** Threads that work on it, this one among them; as many as there are cores by default, up to 4. */
  threads?: number | undefined;
  /** Told of the parts done, now and then. */
  onPart?: OnPart | undefined;
}

/**
 * {@link enumerate} of shared/enumeration on several threads, to the same bits. This thread takes
 * its share of parts at once, so that nothing waits for threads to start; its event loop stands
 * still meanwhile (0.2 to 0.4 s for 2^25 masks).
 *
 * @throws RangeError where the table does not hang together or its numbers are not finite
 * @throws NotEnumerable where it hears more than 25 components
 */
export async function enumerateMasks(
  table: FoldedTable,
  options: EnumerateOptions = {},
): Promise<MaskStatistics> {
  const module = enumerationModule();
  const enumeration = createEnumeration(module, table);
  const { audible, parts } = enumeration;
  const nextPart = new Int32Array(new SharedArrayBuffer(4));
  const threads =
    audible.length < MIN_COMPONENTS_FOR_THREADS
      ? 1
      : Math.min(options.threads ?? availableParallelism(), MAX_THREADS, parts);
  const results: PartStatistics[] = new Array(parts);
  let done = 0;
  const keep = (part: number, statistics: PartStatistics) => {
    results[part] = statistics;
    done++;
    options.onPart?.(done, parts);
  };

  const helpers = Array.from({ length: threads - 1 }, () => {
    const workerData: EnumerateSetup = { module, table, nextPart };
    return new Worker(new URL("./enumerate-thread.ts", import.meta.url), { workerData });
  });
  try {
    const helped = new Promise<void>((resolve, reject) => {
      for (const helper of helpers) {
        helper.on("message", ({ part, statistics }: PartDone) => {
          try {
            keep(part, statistics);
          } catch (error) {
            reject(error);
          }
          if (done === parts) resolve();
        });
        helper.on("error", reject);
        helper.on("exit", (code) => {
          if (code !== 0) reject(new Error(`an enumeration thread ended with code ${code}`));
        });
      }
    });
    // Where this thread throws first, that is the error to report.
    helped.catch(() => {});
    takeParts(enumeration, nextPart, keep);
    if (done < parts) await helped;
  } finally {
    await Promise.all(helpers.map((helper) => helper.terminate()));
  }
  return combineParts(table.segments * table.sources, enumeration, results);
}
