import { z } from "zod";

/** V8's inspector protocol: `Runtime.getHeapUsage`. */
const Answer = z.object({
  result: z.object({ usedSize: z.number(), backingStorageSize: z.number() }),
});
const EVERY_MS = 5;

/** Watches how large a Worker's heap becomes. */
export interface HeapWatch {
  /** Returns the largest size since the last call, in MB: objects and array buffers, garbage included. */
  peakMb(): number;
  stop(): void;
}

/**
 * Polls the heap size of a Worker in workerd. The Worker answers while it waits for its stores.
 *
 * @param inspectorPort of wrangler dev
 */
export async function watchHeap(inspectorPort: number): Promise<HeapWatch> {
  // wrangler lets only known origins inspect.
  const options = { headers: { Origin: "http://localhost" } };
  // Node's WebSocket takes options where the web's, whose types these are, takes protocols.
  const socket: WebSocket = Reflect.construct(WebSocket, [
    `ws://127.0.0.1:${inspectorPort}/ws`,
    options,
  ]);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve(), { once: true });
    socket.addEventListener("error", () => reject(new Error("the inspector cannot be reached")), {
      once: true,
    });
  });
  let peak = 0;
  let last = 0;
  let asked = 0;
  let timer: NodeJS.Timeout;
  const ask = () => socket.send(JSON.stringify({ id: ++asked, method: "Runtime.getHeapUsage" }));
  socket.addEventListener("message", ({ data }) => {
    const answer = Answer.safeParse(JSON.parse(String(data)));
    // Other messages are events of the Worker, its console for one.
    if (!answer.success) return;
    last = answer.data.result.usedSize + answer.data.result.backingStorageSize;
    peak = Math.max(peak, last);
    timer = setTimeout(ask, EVERY_MS);
  });
  ask();
  return {
    peakMb() {
      const megabytes = peak / 2 ** 20;
      peak = last;
      return megabytes;
    },
    stop() {
      clearTimeout(timer);
      socket.close();
    },
  };
}
