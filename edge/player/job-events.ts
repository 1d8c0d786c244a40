import type { Job } from "@lemons/shared/contract/job";

/** After this many lost connections in a row the stream is given up. */
const LOST_CONNECTIONS_ALLOWED = 2;

/**
 * Follows a job by server-sent events. The browser connects again by itself, and the server goes on
 * after the last event seen.
 *
 * @param url of the job's stream
 * @returns true once the job is done or has failed, false where the stream cannot be had
 * @throws the signal's reason once it is aborted
 */
export function followByEvents(
  url: URL,
  onReport: (job: Job) => void,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const events = new EventSource(url);
    let lost = 0;

    function end(settle: () => void): void {
      events.close();
      signal.removeEventListener("abort", onAbort);
      settle();
    }
    function onAbort(): void {
      end(() => reject(signal.reason));
    }
    signal.addEventListener("abort", onAbort, { once: true });

    events.addEventListener("job", (event: MessageEvent<string>) => {
      const job = JSON.parse(event.data) as Job;
      lost = 0;
      onReport(job);
      if (job.state === "done" || job.state === "failed") end(() => resolve(true));
    });
    events.addEventListener("error", () => {
      lost++;
      if (events.readyState === EventSource.CLOSED || lost > LOST_CONNECTIONS_ALLOWED) {
        end(() => resolve(false));
      }
    });
  });
}
