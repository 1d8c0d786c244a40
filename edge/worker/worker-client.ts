import {
  WORKER_ACCOUNT_HEADER,
  WORKER_ENDPOINTS,
  type WorkerEndpointName,
  type WorkerRequest,
  type WorkerResponseLine,
  type WorkerResult,
  type WorkerUpdate,
} from "@lemons/shared/contract/gpu-worker-endpoints";
import type { z } from "zod";
import type { Settings } from "../base/env.ts";
import { endedEarly, workerLines } from "./worker-lines.ts";

/** How a request to the gpu-worker is sent, and what becomes of its response. */
export interface WorkerCall<Name extends WorkerEndpointName> {
  signal: AbortSignal;
  requestId: string;
  /** The account that the request is for: accounts take turns at the gpu-worker. */
  account?: string | undefined;
  /** Receives the lines before the result; the next line waits until it has settled. */
  onUpdate?: (line: WorkerUpdate<Name>) => void | Promise<void>;
}

/**
 * Sends a request to the gpu-worker, or joins its running job of the same id if the endpoint allows
 * that.
 *
 * @returns the line that ends the response
 * @throws WorkerFailure that says whether another attempt makes sense; the signal's reason on abort
 */
export async function callWorker<Name extends WorkerEndpointName>(
  settings: Settings,
  name: Name,
  request: WorkerRequest<Name>,
  { signal, requestId, account, onUpdate }: WorkerCall<Name>,
): Promise<WorkerResult<Name>> {
  const { path, line: schema } = WORKER_ENDPOINTS[name];
  const results: readonly string[] = WORKER_ENDPOINTS[name].results;
  const headers = {
    "X-Request-Id": requestId,
    ...(account === undefined ? {} : { [WORKER_ACCOUNT_HEADER]: account }),
  };
  const lines = workerLines(
    settings,
    { path, headers, body: request },
    // The schema and the type belong to the same row of the table.
    schema as unknown as z.ZodType<WorkerResponseLine<Name>>,
    signal,
  );
  for await (const line of lines) {
    if (results.includes(line.kind)) return line as WorkerResult<Name>;
    await onUpdate?.(line as WorkerUpdate<Name>);
  }
  throw endedEarly();
}
