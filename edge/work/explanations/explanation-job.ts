import type { Job } from "@lemons/shared/contract/job";
import {
  type EventStream,
  eventStreamResponse,
  lastEventId,
  openEventStream,
} from "../flight/event-stream.ts";
import { Flight, type FlightListener, type FlightStatus } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import { type FlightState, isActive } from "../flight/flight-record.ts";
import { announce, newDeliveryId } from "../webhooks/announce.ts";
import type { Receiver } from "../webhooks/receiver.ts";
import { ReceiversOfJob } from "../webhooks/receivers-of-job.ts";
import { attemptExplanation } from "./attempt-explanation.ts";
import { isExplained, storeQuestion } from "./explanation-store.ts";
import { ExplanationTask } from "./explanation-task.ts";
import { recordPrivateArtefacts } from "./private-artefacts.ts";

const ANNOUNCE_AGAIN_MS = 30_000;

/** A job as it stands. */
export type ExplanationStatus = FlightStatus<Job>;

/** The one flight of an explanation, named by the explanation's id; its changes can be followed. */
export class ExplanationJob extends Flight<ExplanationTask, Job> {
  readonly #streams = new Set<EventStream>();
  readonly #receivers = new ReceiversOfJob(this.ctx.storage.sql);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, ExplanationTask);
  }

  /** Has a receiver told that the job is on its way, and of its end. */
  async subscribe(receiver: Receiver): Promise<void> {
    const status = this.status();
    if (status === null) return;
    const isNew = this.#receivers.add(receiver);
    if (isNew && isActive(status.job)) {
      await announce(this.env, receiver, "start", status.job, newDeliveryId());
    }
    // It may have ended before, or meanwhile.
    await this.#announceEnd();
  }

  override async alarm(): Promise<void> {
    await super.alarm();
    try {
      await this.#announceEnd();
    } catch (error) {
      console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      await this.ctx.storage.setAlarm(Date.now() + ANNOUNCE_AGAIN_MS);
    }
  }

  /** Of a job that has ended; a receiver is forgotten once its delivery is written down. */
  async #announceEnd(): Promise<void> {
    const status = this.status();
    if (status === null || isActive(status.job)) return;
    for (const { receiver, delivery } of this.#receivers.all()) {
      await announce(this.env, receiver, "completed", status.job, delivery);
      this.#receivers.remove(delivery);
    }
  }

  /** Server-sent events; 204 tells a reader that has seen the end not to come back. */
  override fetch(request: Request): Response {
    const status = this.status();
    if (status === null) return new Response(null, { status: 404 });
    const { event, job } = status;
    const seen = lastEventId(request);
    if (seen === event && !isActive(job)) return new Response(null, { status: 204 });
    const stream = openEventStream(() => this.#streams.delete(stream));
    this.#streams.add(stream);
    if (seen !== event) stream.send({ event, job, last: !isActive(job) });
    return eventStreamResponse(stream.body);
  }

  protected override async prepare(task: ExplanationTask): Promise<void> {
    await recordPrivateArtefacts(this.env.DB, task);
    await storeQuestion(this.env.BUCKET, task);
  }

  protected override isFinished({ id }: ExplanationTask): Promise<boolean> {
    return isExplained(this.env.BUCKET, id);
  }

  protected override attempt(
    task: ExplanationTask,
    listener: FlightListener,
    signal: AbortSignal,
    origin: FlightOrigin,
  ): Promise<void> {
    return attemptExplanation(this.env, task, listener, signal, origin);
  }

  protected override view({ id, listener, track }: ExplanationTask, state: FlightState): Job {
    return { id, listener, track, ...state };
  }

  protected override onChange({ event, job }: ExplanationStatus): void {
    for (const stream of [...this.#streams]) stream.send({ event, job, last: !isActive(job) });
  }
}
