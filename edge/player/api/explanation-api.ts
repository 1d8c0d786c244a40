import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { Job } from "@lemons/shared/contract/job";
import { createClient } from "../../client.ts";
import { pause } from "../disposal-scope.ts";
import { expectResponse } from "./expect-response.ts";

type Client = ReturnType<typeof createClient>;

/** An explanation request; all other settings have the defaults of the API, as on the pages. */
export interface ExplanationQuery {
  listener: string;
  track: string;
  type: ExplanationType;
}

/** Requests of one explanation. */
export interface ExplanationApi {
  /** Requests the explanation. Returns null if it is stored, else the job that computes it. */
  request(signal: AbortSignal): Promise<Job | null>;
  /** Reports the job until it has ended. */
  follow(job: Job, onReport: (job: Job) => void, signal: AbortSignal): Promise<void>;
}

const POLL_MS = 1500;
const FAILED_POLLS_ALLOWED = 4;

function hasEnded(job: Job): boolean {
  return job.state === "done" || job.state === "failed";
}

/** Lost connections in a row after which polling replaces the stream. */
const LOST_CONNECTIONS_ALLOWED = 2;

/**
 * Follows a job by server-sent events. The browser reconnects by itself, and the server resumes after
 * the last event seen.
 *
 * @param url URL of the job's event stream
 * @returns true once the job has ended, false if the stream fails
 * @throws the signal's reason once it is aborted
 */
function followByEvents(
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
      if (hasEnded(job)) end(() => resolve(true));
    });
    events.addEventListener("error", () => {
      lost++;
      if (events.readyState === EventSource.CLOSED || lost > LOST_CONNECTIONS_ALLOWED) {
        end(() => resolve(false));
      }
    });
  });
}

async function followByPolling(
  { jobs }: Client["v1"],
  id: string,
  onReport: (job: Job) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      const response = jobs[":job"].$get({ param: { job: id } }, { init: { signal } });
      const job = await (await expectResponse(response, [200], signal)).json();
      failures = 0;
      onReport(job);
      if (hasEnded(job)) return;
    } catch (error) {
      failures++;
      if (signal.aborted || failures > FAILED_POLLS_ALLOWED) throw error;
    }
    await pause(POLL_MS, signal);
  }
}

/** Creates the API of one explanation at the page's origin. */
export function createExplanationApi(query: ExplanationQuery): ExplanationApi {
  const { v1 } = createClient(location.origin);
  return {
    async request(signal) {
      const response = v1.explanations.$post({ header: {}, json: query }, { init: { signal } });
      const accepted = await expectResponse(response, [200, 202], signal);
      if (accepted.status === 202) return accepted.json();
      await accepted.body?.cancel();
      return null;
    },
    async follow(job, onReport, signal) {
      if (hasEnded(job)) return;
      const events = v1.explanations[":explanation"].events.$url({
        param: { explanation: job.id },
      });
      const ended = await followByEvents(events, onReport, signal);
      if (!ended) await followByPolling(v1, job.id, onReport, signal);
    },
  };
}
