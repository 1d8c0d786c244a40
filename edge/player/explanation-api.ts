import type {
  ExplanationRequest,
  ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import type { Job } from "@lemons/shared/contract/job";
import type { Problem } from "@lemons/shared/contract/problem";
import { followByEvents } from "./job-events.ts";
import { pause } from "./pause.ts";
import { t } from "./words.ts";

/** What is asked; everything else has the API's defaults, so that pages and player mean the same. */
export interface Question {
  listener: string;
  track: string;
  type: ExplanationType;
}

/** The part of the HTTP API that one explanation needs. */
export interface ExplanationApi {
  /** Asks for it: null where it is stored already, else the job that computes it. */
  request(signal: AbortSignal): Promise<Job | null>;
  /** Reports the job until it is done or has failed. */
  follow(job: Job, onReport: (job: Job) => void, signal: AbortSignal): Promise<void>;
}

const POLL_MS = 1500;
const FAILED_POLLS_ALLOWED = 4;

function hasEnded(job: Job): boolean {
  return job.state === "done" || job.state === "failed";
}

/**
 * Sends a request to the page's own origin, whose answers keep the contract: they are not parsed
 * again here, which would make the player four times as large. A refusal is an error with the
 * problem's own words.
 */
async function send(url: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Error(t("problem.network"), { cause: error });
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as Problem | null;
  throw new Error(problem?.detail ?? t("problem.status", { status: response.status }));
}

async function followByPolling(
  id: string,
  onReport: (job: Job) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      const response = await send(`/v1/jobs/${id}`, { signal });
      const job = (await response.json()) as Job;
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

/** The API of the origin that the page came from, for one question. */
export function createExplanationApi(question: Question): ExplanationApi {
  return {
    async request(signal) {
      const response = await send("/v1/explanations", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(question satisfies Partial<ExplanationRequest>),
        signal,
      });
      if (response.status === 200) {
        await response.body?.cancel();
        return null;
      }
      return (await response.json()) as Job;
    },
    async follow(job, onReport, signal) {
      if (hasEnded(job)) return;
      const ended = await followByEvents(job.id, onReport, signal);
      if (!ended) await followByPolling(job.id, onReport, signal);
    },
  };
}
