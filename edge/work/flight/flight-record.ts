import { Job } from "@lemons/shared/contract/job";
import { z } from "zod";
import { FlightOrigin, ownAccord } from "./flight-origin.ts";

/** How a piece of work stands, whatever it is. */
export const FlightState = Job.omit({ id: true, listener: true, track: true });
export type FlightState = z.infer<typeof FlightState>;

/** Everything a flight remembers: one row, rewritten whole at each change. */
const flightFields = z.object({
  state: FlightState,
  /** Attempts of this object's own; `state.attempt` may be those of the work it waits for. */
  attempts: z.int().nonnegative(),
  /** Counts the changes; the id of server-sent events. */
  event: z.int().nonnegative(),
  /** Whether the work failed because the track itself cannot be worked with. */
  unusableInput: z.boolean(),
  /** Set where the last alarm left a computation running for the next to join. */
  joining: z.boolean(),
  /** When this run (all attempts since the call that started it) began. */
  startedAt: z.iso.datetime(),
  /** Of this run. Rows from before it was kept have none. */
  origin: FlightOrigin.default(ownAccord),
});
export type FlightRecord<Question> = z.infer<typeof flightFields> & { question: Question };

/** Whether there is still something ahead. */
export const isActive = ({ state }: Pick<FlightState, "state">): boolean =>
  state === "queued" || state === "running";

/** Creates the table; harmless when it is there. */
export function createFlightTable(sql: SqlStorage): void {
  sql.exec(
    "CREATE TABLE IF NOT EXISTS flight (only INTEGER PRIMARY KEY CHECK (only = 1), record TEXT NOT NULL)",
  );
}

/** The flight of this object, or null where nobody has asked yet. */
export function readFlight<Question>(
  sql: SqlStorage,
  question: z.ZodType<Question>,
): FlightRecord<Question> | null {
  const [row] = sql.exec<{ record: string }>("SELECT record FROM flight").toArray();
  if (row === undefined) return null;
  const record: unknown = JSON.parse(row.record);
  return { ...flightFields.parse(record), ...z.object({ question }).parse(record) };
}

/** Replaces the flight of this object. */
export function writeFlight<Question>(sql: SqlStorage, record: FlightRecord<Question>): void {
  sql.exec(
    "INSERT INTO flight (only, record) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET record = excluded.record",
    JSON.stringify(record),
  );
}
