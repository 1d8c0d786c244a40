import { ProblemError } from "../../base/problems/problem.ts";
import type { FlightStatus } from "./define-flight.ts";
import { isActive } from "./flight-record.ts";

/**
 * Checks that audio that had to be rendered is stored.
 *
 * @param status of its flight; null if none was started
 * @param explanation that the audio belongs to, and its track
 * @throws ProblemError audio-not-ready, audio-failed, input-unusable
 */
export function requireAudio(
  status: FlightStatus | null,
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
