import type { JobLine, RunningJob } from "./job.ts";

/** Lines that may wait for a slow reader before heartbeats are skipped. */
const LINES_AHEAD = 64;

export const NDJSON_HEADERS = {
  "Content-Type": "application/x-ndjson",
  "Cache-Control": "no-store",
  // Keeps proxies such as nginx from buffering the lines.
  "X-Accel-Buffering": "no",
};

const encoder = new TextEncoder();

/**
 * Streams a job's lines as newline-delimited JSON. A heartbeat is sent at once and then at every
 * interval, so that the caller can tell a long computation from a dead connection. Cancelling the
 * stream stops listening to the job.
 */
export function ndjsonStream<Line extends JobLine>(
  job: RunningJob<Line>,
  { heartbeatMs }: { heartbeatMs: number },
): ReadableStream<Uint8Array> {
  let stopListening = () => {};
  let heartbeat: NodeJS.Timeout | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (line: JobLine) =>
          controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
        send({ kind: "heartbeat" });
        heartbeat = setInterval(() => {
          if ((controller.desiredSize ?? 0) > 0) send({ kind: "heartbeat" });
        }, heartbeatMs);
        stopListening = job.listen({
          onLine: send,
          onEnd() {
            clearInterval(heartbeat);
            controller.close();
          },
        });
      },
      cancel() {
        clearInterval(heartbeat);
        stopListening();
      },
    },
    { highWaterMark: LINES_AHEAD },
  );
}
