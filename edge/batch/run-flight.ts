import type { FlightStatus } from "../work/flight/define-flight.ts";
import { isActive } from "../work/flight/flight-record.ts";
import type { BatchItem, Outcome } from "./item.ts";

/** A consumer is not to be held for as long as a flight takes: it waits a little, then comes again. */
const WAIT_MS = 5000;
const COME_AGAIN_SECONDS = 5;
/** A flight ends after five attempts in half a minute; the gpu-worker may be away for longer. */
const MAX_FLIGHTS = 5;
/** 5 s before the second, then 20 s, 80 s and more than five minutes. */
const flightDelaySeconds = (failed: number) => 5 * 4 ** failed;

interface FlightOf {
  status(): Promise<FlightStatus | null>;
  settled(timeoutMs: number): Promise<FlightStatus | null>;
}

/**
 * Has a flight bring what an item wants, starting it where it is not under way. A flight that failed
 * after the item was begun is the item's own: after a pause another is tried, unless the sound itself is at
 * fault.
 *
 * @param isThere whether what it brings is there
 */
export async function runFlight(
  { startedAt, flights }: BatchItem,
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
    const reason = status.job.reason ?? "No reason was given.";
    const isFinal = status.unusableInput || flights + 1 >= MAX_FLIGHTS;
    return isFinal
      ? { state: "failed", reason }
      : { state: "again", delaySeconds: flightDelaySeconds(flights), flightFailed: reason };
  }
  return { state: "again", delaySeconds: COME_AGAIN_SECONDS };
}
