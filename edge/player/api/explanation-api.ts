import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { Job } from "@lemons/shared/contract/job";
import { createClient } from "../../client.ts";
import { followByEvents } from "../job-events.ts";
import { pause } from "../pause.ts";
import { expectResponse } from "./expect-response.ts";

type Client = ReturnType<typeof createClient>;

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

async function followByPolling(
  { jobs }: Client["v1"],
  id: string,
  onReport: (job: Job) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      const asking = jobs[":job"].$get({ param: { job: id } }, { init: { signal } });
      const job = await (await expectResponse(asking, [200], signal)).json();
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
  const { v1 } = createClient(location.origin);
  return {
    async request(signal) {
      const asking = v1.explanations.$post({ header: {}, json: question }, { init: { signal } });
      const answer = await expectResponse(asking, [200, 202], signal);
      if (answer.status === 202) return answer.json();
      await answer.body?.cancel();
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
