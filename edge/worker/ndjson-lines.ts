import { WorkerFailure } from "./worker-failure.ts";

/** Limits of a stream of lines. */
export interface LineLimits {
  maxLineBytes: number;
  maxTotalBytes: number;
  /** Longest time without a byte; heartbeats keep a slow computation alive. */
  maxSilenceMs: number;
}

/**
 * Yields the lines of newline-delimited text. A last line without its newline was cut off and is
 * dropped. Leaving the loop early cancels the stream.
 *
 * @throws WorkerFailure (retryable) if a limit is exceeded, or the stream falls silent or breaks; the
 *   signal's reason if it is aborted
 */
export async function* ndjsonLines(
  stream: ReadableStream<Uint8Array>,
  limits: LineLimits,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await nextChunk(reader, limits.maxSilenceMs, signal);
      if (done) return;
      total += value.length;
      if (total > limits.maxTotalBytes) {
        throw dropped(`The gpu-worker's response exceeds ${limits.maxTotalBytes} bytes.`);
      }
      let start = 0;
      for (let end = value.indexOf(10); end !== -1; end = value.indexOf(10, start)) {
        pending.push(value.subarray(start, end));
        pendingBytes += end - start;
        refuseLongLine(pendingBytes, limits);
        yield decoder.decode(joined(pending, pendingBytes));
        pending = [];
        pendingBytes = 0;
        start = end + 1;
      }
      pending.push(value.subarray(start));
      pendingBytes += value.length - start;
      refuseLongLine(pendingBytes, limits);
    }
  } finally {
    // A broken stream can't be cancelled.
    await reader.cancel().catch(() => undefined);
  }
}

function refuseLongLine(bytes: number, { maxLineBytes }: LineLimits): void {
  if (bytes > maxLineBytes) {
    throw dropped(`A line of the gpu-worker's response exceeds ${maxLineBytes} bytes.`);
  }
}

async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxSilenceMs: number,
  signal: AbortSignal,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  const timer = setTimeout(
    () =>
      reject(
        new WorkerFailure(`The gpu-worker was silent for ${maxSilenceMs / 1000} s.`, {
          retryable: true,
          waitFor: "away",
        }),
      ),
    maxSilenceMs,
  );
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([reader.read(), promise]);
  } catch (error) {
    if (error instanceof WorkerFailure || signal.aborted) throw error;
    throw new WorkerFailure("The connection to the gpu-worker broke off.", {
      retryable: true,
      brokeOff: true,
      waitFor: "away",
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function joined(parts: Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function dropped(message: string): WorkerFailure {
  return new WorkerFailure(message, { retryable: true });
}
