import { type FlightState, isActive } from "./flight-record.ts";

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2000;
/** A reader that is this many events behind misses the ones between. */
const EVENTS_AHEAD = 16;

/** A state and its number. */
interface Change<View> {
  event: number;
  job: View;
}

interface EventStream<View> {
  body: ReadableStream<Uint8Array>;
  send(change: Change<View>): void;
}

const encoder = new TextEncoder();

/**
 * The readers of a flight's changes, as server-sent events. Every event carries the whole state, so
 * that a reader who misses some, or comes back later with `Last-Event-ID`, loses nothing that matters.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStreams<View extends FlightState> {
  readonly #streams = new Set<EventStream<View>>();

  /** Answers with all changes from now on; 204 tells a reader that has seen the end not to return. */
  follow(request: Request, now: Change<View>): Response {
    const seen = lastEventId(request);
    if (seen === now.event && !isActive(now.job)) return new Response(null, { status: 204 });
    const stream = openEventStream<View>(() => this.#streams.delete(stream));
    this.#streams.add(stream);
    if (seen !== now.event) stream.send(now);
    return eventStreamResponse(stream.body);
  }

  /** Sends a change to every reader, and closes their streams if it is the last. */
  send(change: Change<View>): void {
    for (const stream of [...this.#streams]) stream.send(change);
  }
}

/** @param onGone called once, when the reader has left or the last event is sent */
function openEventStream<View extends FlightState>(onGone: () => void): EventStream<View> {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let isOpen = true;
  let heartbeat: ReturnType<typeof setInterval> | null = null;
  const hasRoom = () => (controller.desiredSize ?? 0) > 0;
  const close = () => {
    isOpen = false;
    clearInterval(heartbeat);
    onGone();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
        controller.enqueue(encoder.encode(`retry: ${RECONNECT_MS}\n\n`));
        heartbeat = setInterval(() => {
          if (hasRoom()) controller.enqueue(encoder.encode(": heartbeat\n\n"));
        }, HEARTBEAT_MS);
      },
      cancel: close,
    },
    { highWaterMark: EVENTS_AHEAD },
  );
  return {
    body,
    send({ event, job }) {
      if (!isOpen) return;
      const isLast = !isActive(job);
      if (isLast || hasRoom()) {
        controller.enqueue(
          encoder.encode(`id: ${event}\nevent: job\ndata: ${JSON.stringify(job)}\n\n`),
        );
      }
      if (isLast) {
        controller.close();
        close();
      }
    },
  };
}

/** The response around server-sent events. */
export function eventStreamResponse(body: ReadableStream<Uint8Array> | string): Response {
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
  });
}

/** The number of the last event that a reader has seen, or null. */
function lastEventId(request: Request): number | null {
  const header = request.headers.get("Last-Event-ID");
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
