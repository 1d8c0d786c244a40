import type { Job } from "@lemons/shared/contract/job";

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2000;
/** A reader that is this many events behind misses the ones between. */
const EVENTS_AHEAD = 16;

/** A state of the job and its number. */
export interface JobEvent {
  event: number;
  job: Job;
  /** Whether nothing will follow. */
  last: boolean;
}

/** One reader of a job's events. */
export interface EventStream {
  body: ReadableStream<Uint8Array>;
  send(event: JobEvent): void;
}

const encoder = new TextEncoder();

/**
 * A job's changes as server-sent events. Every event carries the whole state, so a reader that
 * misses some, or comes back later with `Last-Event-ID`, loses nothing that still matters.
 *
 * @param onGone called once when the reader has left or the last event is sent
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function openEventStream(onGone: () => void): EventStream {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let heartbeat: ReturnType<typeof setInterval> | null = null;
  let open = true;
  const close = () => {
    open = false;
    clearInterval(heartbeat);
    onGone();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
        controller.enqueue(encoder.encode(`retry: ${RECONNECT_MS}\n\n`));
        heartbeat = setInterval(() => {
          if ((controller.desiredSize ?? 0) > 0)
            controller.enqueue(encoder.encode(": heartbeat\n\n"));
        }, HEARTBEAT_MS);
      },
      cancel: close,
    },
    { highWaterMark: EVENTS_AHEAD },
  );
  return {
    body,
    send({ event, job, last }) {
      if (!open) return;
      if (last || (controller.desiredSize ?? 0) > 0) {
        controller.enqueue(
          encoder.encode(`id: ${event}\nevent: job\ndata: ${JSON.stringify(job)}\n\n`),
        );
      }
      if (last) {
        controller.close();
        close();
      }
    },
  };
}

/** The answer around a stream of events. */
export function eventStreamResponse(body: ReadableStream<Uint8Array> | string): Response {
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
  });
}

/** Number of the last event a reader has seen, or null. */
export function lastEventId(request: Request): number | null {
  const header = request.headers.get("Last-Event-ID");
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
