import { WorkerHealth } from "@lemons/shared/contract/gpu-worker";
import type { Settings } from "../base/env.ts";

const HEALTH_TIMEOUT_MS = 2000;

/** What the gpu-worker says of itself, or why it says nothing. */
export type GpuWorkerHealth = { worker: WorkerHealth } | { away: string };

/** Asks the gpu-worker how it is; never throws. */
export async function gpuWorkerHealth(settings: Settings): Promise<GpuWorkerHealth> {
  try {
    const response = await fetch(`${settings.GPU_WORKER_URL}/healthz`, {
      redirect: "manual",
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
      headers: { Authorization: `Bearer ${settings.GPU_WORKER_SECRET}` },
    });
    if (!response.ok) return { away: `it answered ${response.status}` };
    const health = WorkerHealth.safeParse(await response.json());
    return health.success ? { worker: health.data } : { away: "its answer is not a health report" };
  } catch (error) {
    return { away: error instanceof Error ? error.message : String(error) };
  }
}
