import type { Job, JobLine } from "./job.ts";

/** Lines that may wait for a slow reader before heartbeats are left out for it. */
const LINES_AHEAD = 64;

export const NDJSON_HEADERS = {
  "Content-Type": "application/x-ndjson",
  "Cache-Control": "no-store",
  // Proxies such as nginx would otherwise collect the lines.
  "X-Accel-Buffering": "no",
};

const encoder = new TextEncoder();

/**
 * A job's lines as newline-delimited JSON. A heartbeat goes out at once and then at every interval,
 * so that whoever waits can tell a long computation from a dead connection. A reader that goes away
 * stops listening to the job.
 */
export function ndjsonStream<Line extends JobLine>(
  job: Job<Line>,
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
