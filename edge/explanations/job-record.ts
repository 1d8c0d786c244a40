import { Job } from "@lemons/shared/contract/job";
import { z } from "zod";
import { Asked } from "./asked.ts";

/** Everything a job remembers: one row, rewritten whole at each change. */
export const JobRecord = z.object({
  asked: Asked,
  job: Job,
  /** Counts the changes; the id of server-sent events. */
  event: z.int().nonnegative(),
  /** Whether the job failed because the track itself cannot be worked with. */
  unusableInput: z.boolean(),
  /** Set where the last alarm left a computation running for the next to join. */
  joining: z.boolean(),
  /** When this run (all attempts since the last POST that started it) began. */
  startedAt: z.iso.datetime(),
});
export type JobRecord = z.infer<typeof JobRecord>;

/** Whether a job still has something ahead of it. */
export const isActive = (job: Job): boolean => job.state === "queued" || job.state === "running";

/** Creates the table; harmless when it is there. */
export function createJobTable(sql: SqlStorage): void {
  sql.exec(
    "CREATE TABLE IF NOT EXISTS job (only INTEGER PRIMARY KEY CHECK (only = 1), record TEXT NOT NULL)",
  );
}

/** The job of this object, or null where nobody has asked yet. */
export function readJob(sql: SqlStorage): JobRecord | null {
  const [row] = sql.exec<{ record: string }>("SELECT record FROM job").toArray();
  return row === undefined ? null : JobRecord.parse(JSON.parse(row.record));
}

/** Replaces the job of this object. */
export function writeJob(sql: SqlStorage, record: JobRecord): void {
  sql.exec(
    "INSERT INTO job (only, record) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET record = excluded.record",
    JSON.stringify(record),
  );
}
