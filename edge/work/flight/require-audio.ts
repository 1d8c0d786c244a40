import { ProblemError } from "../../base/problems/problem.ts";
import type { FlightStatus } from "./flight.ts";
import { type FlightState, isActive } from "./flight-record.ts";

/**
 * Sees that audio which had to be rendered is there.
 *
 * @param status of its flight; null where nobody has started one
 * @param explanation whose audio it is, and the track that it is about
 * @throws ProblemError audio-not-ready, audio-failed, input-unusable
 */
export function requireAudio(
  status: FlightStatus<FlightState> | null,
  { id, track }: { id: string; track: string },
): void {
  if (status === null || isActive(status.job)) {
    throw new ProblemError({ kind: "audio-not-ready", id });
  }
  if (status.job.state === "failed") {
    const reason = status.job.reason ?? "no reason was given";
    throw new ProblemError(
      status.unusableInput
        ? { kind: "input-unusable", track, reason }
        : { kind: "audio-failed", id, attempts: status.job.attempt, reason },
    );
  }
}
