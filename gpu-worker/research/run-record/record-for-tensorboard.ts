import { appendFile, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { RunObserver } from "./run-observer.ts";
import { fileVersionRecord, scalarRecord } from "./tensorboard-events.ts";

/** Keeps the run's scalars as a TensorBoard event file; TensorBoard joins a resumed run's files. */
export async function recordForTensorboard(folder: string, start: Date): Promise<RunObserver> {
  await mkdir(folder, { recursive: true });
  const seconds = Math.floor(start.getTime() / 1000);
  const file = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.0`);
  let records: Uint8Array[] = [fileVersionRecord(start.getTime() / 1000)];
  const flush = async () => {
    const ready = records;
    records = [];
    if (ready.length > 0) await appendFile(file, Buffer.concat(ready));
  };
  return {
    scalar(name, value, step, time) {
      records.push(scalarRecord(name, value, step, time.getTime() / 1000));
    },
    line() {},
    async artifact() {},
    flush,
    end: flush,
  };
}
