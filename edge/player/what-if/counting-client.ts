import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { MaskCounter } from "./count-masks.ts";
import type { CountingReply, CountingRequest } from "./counting-thread.ts";
import threadUrl from "./counting-thread.ts?worker&url";

/**
 * Starts the counting thread. Browsers refuse workers of another origin, so a page of another origin
 * starts its own worker, which imports the script from here.
 */
function startThread(signal: AbortSignal): Worker {
  const url = new URL(threadUrl, import.meta.url);
  if (url.origin === location.origin) return new Worker(url, { type: "module" });
  const text = `import ${JSON.stringify(url.href)};`;
  const bootstrap = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  signal.addEventListener("abort", () => URL.revokeObjectURL(bootstrap), { once: true });
  return new Worker(bootstrap, { type: "module" });
}

/** Scores every mask of a table on a Web Worker, which ends with the count. */
export const countOnThread: MaskCounter = (table, onProgress, signal) => {
  const ended = new AbortController();
  return new Promise<MaskStatistics>((resolve, reject) => {
    signal.throwIfAborted();
    const thread = startThread(ended.signal);
    ended.signal.addEventListener("abort", () => thread.terminate(), { once: true });
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
      signal: ended.signal,
    });
    thread.addEventListener("message", ({ data }: MessageEvent<CountingReply>) => {
      if (data.kind === "progress") onProgress(data.fraction);
      else if (data.kind === "done") resolve(data.statistics);
      else reject(new Error(data.reason));
    });
    // Browsers don't tell a blocking content policy from a missing file.
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      reject(
        new Error(
          event.message || "The page's content policy blocks the worker. Allow it in worker-src.",
        ),
      );
    });
    thread.postMessage({ table } satisfies CountingRequest);
  }).finally(() => ended.abort());
};
