import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Job } from "@lemons/shared/contract/job";
import { defineFlight, type FlightStatus } from "../flight/define-flight.ts";
import { createJobReceivers } from "../webhooks/job-receivers.ts";
import type { WebhookReceiver } from "../webhooks/receiver.ts";
import { attemptExplanation } from "./attempt-explanation.ts";
import { isExplained, storeTask } from "./explanation-store.ts";
import { ExplanationTask } from "./explanation-task.ts";
import { recordPrivateArtefacts } from "./private-artefacts.ts";

/** The state of an explanation's flight. */
export type ExplanationStatus = FlightStatus<Job>;

/** The flight of an explanation, named by the explanation's id. Webhook receivers subscribe to it. */
export const ExplanationJob = defineFlight<ExplanationTask, Job, WebhookReceiver>({
  schema: ExplanationTask,
  async prepare(env, task) {
    await recordPrivateArtefacts(env.DB, task);
    await storeTask(env.BUCKET, task);
  },
  isFinished: (env, { id }) => isExplained(env.BUCKET, id),
  attempt: attemptExplanation,
  view: ({ id, listener, track }, state) => ({ id, listener, track, ...state }),
  subscribers: createJobReceivers,
});
export type ExplanationJob = InstanceType<typeof ExplanationJob>;

/** Returns the flight of an explanation, which every caller shares. */
export const explanationJobOf = (env: Env, id: ExplanationId) => env.EXPLANATION_JOBS.getByName(id);
