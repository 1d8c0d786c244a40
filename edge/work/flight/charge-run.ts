import { chargePayer, releasePayer } from "../../access/payer.ts";
import { recordUsage } from "../../access/usage.ts";
import type { FlightRecord } from "./flight-record.ts";

/** Measures how long an attempt keeps the gpu-worker busy. */
export interface ComputeMeter {
  /** Starts counting, unless it is counting already. */
  start(): void;
  stop(): void;
  readonly hasStarted: boolean;
  /** Seconds counted until now. */
  seconds(): number;
}

/** @param now milliseconds */
export function createComputeMeter(now: () => number): ComputeMeter {
  let total = 0;
  let since: number | null = null;
  let hasStarted = false;
  const running = () => (since === null ? 0 : now() - since);
  return {
    start() {
      hasStarted = true;
      since ??= now();
    },
    stop() {
      total += running();
      since = null;
    },
    get hasStarted() {
      return hasStarted;
    },
    seconds: () => (total + running()) / 1000,
  };
}

/**
 * Records what an attempt took, charges its payer, and releases the rest of the reservation when the
 * work has ended. Never throws: work that can't be charged is done all the same, and its reservation
 * expires by itself.
 *
 * @param flight the object's id; with the run and its event it names the charge, which counts once
 */
export async function chargeRun(
  env: Env,
  flight: string,
  { origin: { payer }, startedAt, event }: FlightRecord<unknown>,
  used: { gpuSeconds: number; edgeSeconds: number; hasEnded: boolean },
): Promise<void> {
  try {
    if (used.gpuSeconds > 0) {
      await recordUsage(env.DB, new Map([["gpuSeconds", used.gpuSeconds]]));
    }
    if (payer === null) return;
    const seconds = used.gpuSeconds + used.edgeSeconds;
    if (seconds > 0) await chargePayer(env, payer, `${flight} ${startedAt} ${event}`, seconds);
    if (payer.holds && used.hasEnded) await releasePayer(env, payer);
  } catch (error) {
    console.error(
      `flight ${flight}: not charged to ${payer?.account ?? "the service"}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
