import { Job } from "@lemons/shared/contract/job";
import { z } from "zod";
import { Payer } from "../../access/payer.ts";

/** The request that started a run. */
export const FlightOrigin = z.object({
  /** Sent along with every request to the gpu-worker, so that its log names it. */
  requestId: z.string(),
  /** Null for work of the service itself, which no account is charged for. */
  payer: Payer.nullable(),
});
export type FlightOrigin = z.infer<typeof FlightOrigin>;

/** The origin of work that is part of another: the same payer, whose reservation stays open. */
export const partOf = ({ requestId, payer }: FlightOrigin): FlightOrigin => ({
  requestId,
  payer: payer && { ...payer, holds: false },
});

/** The origin of work that no request asks for. */
export const ownAccord = (): FlightOrigin => ({ requestId: crypto.randomUUID(), payer: null });

/** The state of a flight, whatever its task. */
export const FlightState = Job.omit({ id: true, listener: true, track: true });
export type FlightState = z.infer<typeof FlightState>;

/** Everything a flight remembers besides its task: one row, rewritten whole at each change. */
const flightFields = z.object({
  state: FlightState,
  /** Names this run, from the call that started it to its end. Rows written before runs had names have none. */
  run: z.string().default(""),
  /** Attempts of this flight; `state.attempt` may be those of the flight that it waits for. */
  attempts: z.int().nonnegative(),
  /** Counts the changes; the id of server-sent events. */
  event: z.int().nonnegative(),
  /** Set if the work failed because the track itself can't be processed. */
  unusableInput: z.boolean(),
  /** Set if the next alarm continues the last attempt instead of making another. */
  joining: z.boolean(),
  startedAt: z.iso.datetime(),
  origin: FlightOrigin.default(ownAccord),
  /** Since when the flight has been in line for the gpu-worker, or refused because that is full. */
  queuedSince: z.iso.datetime().nullable().default(null),
  /** Since when the gpu-worker hasn't answered. */
  awaySince: z.iso.datetime().nullable().default(null),
  /** Times in a row that the flight was put off; the delay grows with them. */
  waits: z.int().nonnegative().default(0),
  /** Times that a computation of this run was cut off. */
  interruptions: z.int().nonnegative().default(0),
});
export type FlightRecord<Task> = z.infer<typeof flightFields> & { task: Task };

/** Returns whether the work is still to be done. */
export const isActive = ({ state }: Pick<FlightState, "state">): boolean =>
  state === "queued" || state === "running";

/** The record of a run that starts now. */
export function newRecord<Task>(
  task: Task,
  origin: FlightOrigin,
  { now, event }: { now: Date; event: number },
): FlightRecord<Task> {
  const at = now.toISOString();
  return {
    task,
    origin,
    run: crypto.randomUUID(),
    event,
    attempts: 0,
    unusableInput: false,
    joining: false,
    startedAt: at,
    queuedSince: null,
    awaySince: null,
    waits: 0,
    interruptions: 0,
    state: {
      state: "queued",
      attempt: 0,
      progress: null,
      relevance: null,
      reason: null,
      createdAt: at,
      updatedAt: at,
    },
  };
}

/** Returns whether an object's database has a table. Asking creates none. */
export function hasTable(sql: SqlStorage, name: string): boolean {
  const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name);
  return tables.toArray().length > 0;
}

/** Reads the flight of an object; null if none was started, or it was cleaned up. */
export function readFlight<Task>(
  sql: SqlStorage,
  schema: z.ZodType<Task>,
): FlightRecord<Task> | null {
  if (!hasTable(sql, "flight")) return null;
  const [row] = sql.exec<{ record: string }>("SELECT record FROM flight").toArray();
  if (row === undefined) return null;
  const record: unknown = JSON.parse(row.record);
  const { question } = z.object({ question: schema }).parse(record);
  return { ...flightFields.parse(record), task: question };
}

/** Replaces the flight of an object. The task is stored under the key `question`. */
export function writeFlight<Task>(sql: SqlStorage, { task, ...fields }: FlightRecord<Task>): void {
  sql.exec(
    "INSERT INTO flight (only, record) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET record = excluded.record",
    JSON.stringify({ ...fields, question: task }),
  );
}

/** Creates the table that a flight is kept in, if it doesn't exist yet. */
export function createFlightTable(sql: SqlStorage): void {
  sql.exec(
    "CREATE TABLE IF NOT EXISTS flight (only INTEGER PRIMARY KEY CHECK (only = 1), record TEXT NOT NULL)",
  );
}
