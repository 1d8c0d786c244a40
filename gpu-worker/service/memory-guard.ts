import { totalmem } from "node:os";
import type { TaskTypes } from "../engine/compute/messages.ts";
import type { Compute } from "../engine/compute/node/compute.ts";
import { ServiceError } from "./failure.ts";

const MEBIBYTE = 1024 * 1024;
const POLL_MS = 200;
/** A job gets this much even if the process is at its limit, as other memory may be freed. */
const MIN_JOB_BYTES = 256 * MEBIBYTE;
/** The rest is for the operating system, and for what a job allocates between two polls. */
const DEFAULT_SHARE = 0.8;

export interface MemoryGuardOptions {
  /** Resident memory that the process may reach. */
  maxBytes: number;
  /** Returns the resident memory of the process. */
  residentBytes?: () => number;
  pollMs?: number;
  minJobBytes?: number;
}

/** Returns the default limit: most of the container's memory, or of the machine's. */
export function defaultMaxMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.floor(DEFAULT_SHARE * available);
}

/**
 * Ends a run of the compute thread that takes more memory than the process may have. Heap limits of
 * threads don't count onnxruntime's tensors, so this one watches the process. The thread is replaced
 * once the native call that it is in has returned; the service goes on.
 */
export function guardMemory<Tasks extends TaskTypes>(
  compute: Compute<Tasks>,
  {
    maxBytes,
    residentBytes = () => process.memoryUsage.rss(),
    pollMs = POLL_MS,
    minJobBytes = MIN_JOB_BYTES,
  }: MemoryGuardOptions,
): Compute<Tasks> {
  return {
    get ready() {
      return compute.ready;
    },
    close: () => compute.close(),
    async run(task, input, options) {
      const limit = Math.max(maxBytes, residentBytes() + minJobBytes);
      const exceeded = new AbortController();
      const timer = setInterval(() => {
        if (residentBytes() <= limit) return;
        clearInterval(timer);
        exceeded.abort(memoryExceeded(limit));
      }, pollMs);
      try {
        const signal = AbortSignal.any([options.signal, exceeded.signal]);
        return await compute.run(task, input, { ...options, signal });
      } finally {
        clearInterval(timer);
      }
    },
  };
}

function memoryExceeded(bytes: number): ServiceError {
  return new ServiceError({
    kind: "input-unusable",
    subject: "request",
    reason: `The computation needs more memory than the worker may use (${Math.round(bytes / MEBIBYTE)} MiB). Use a smaller model, a shorter track or fewer segments.`,
  });
}
