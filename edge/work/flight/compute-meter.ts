import type { Progress } from "@lemons/shared/contract/job";

/** How long an attempt has had a worker busy: from its first step other than waiting on. */
export interface ComputeMeter {
  onPhase(phase: Progress["phase"]): void;
  /** Seconds until now. */
  seconds(): number;
}

/** @param now milliseconds */
export function startComputeMeter(now: () => number): ComputeMeter {
  let busySince: number | null = null;
  return {
    onPhase(phase) {
      if (phase !== "waiting") busySince ??= now();
    },
    seconds: () => (busySince === null ? 0 : (now() - busySince) / 1000),
  };
}
