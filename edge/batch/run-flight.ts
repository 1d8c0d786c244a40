import type { FlightStatus } from "../jobs/flight.ts";
import { isActive } from "../jobs/flight-record.ts";
import type { BatchItem, Outcome } from "./item.ts";

/** A consumer is not to be held for as long as a flight takes: it waits a little, then comes again. */
const WAIT_MS = 5000;
const COME_AGAIN_SECONDS = 5;

interface FlightOf {
  status(): Promise<FlightStatus | null>;
  settled(timeoutMs: number): Promise<FlightStatus | null>;
}

/**
 * Has a flight bring what an item wants, starting it where it is not under way. A flight that failed
 * after the item was begun is the item's own and is not started again.
 *
 * @param isThere whether what it brings is there
 */
export async function runFlight(
  { startedAt }: BatchItem,
  flight: FlightOf,
  start: () => Promise<FlightStatus>,
  isThere: () => Promise<boolean>,
): Promise<Outcome> {
  const before = await flight.status();
  const isOwn =
    before !== null &&
    (isActive(before.job) || (before.job.state === "failed" && before.job.updatedAt >= startedAt));
  if (!isOwn) await start();
  const status = await flight.settled(WAIT_MS);
  if (await isThere()) return { state: "done" };
  if (status?.job.state === "failed") {
    return { state: "failed", reason: status.job.reason ?? "No reason was given." };
  }
  return { state: "again", delaySeconds: COME_AGAIN_SECONDS };
}
