import type { Job } from "@lemons/shared/contract/job";
import { Flight, type FlightListener, type FlightStatus } from "../jobs/flight.ts";
import type { FlightOrigin } from "../jobs/flight-origin.ts";
import { type FlightState, isActive } from "../jobs/flight-record.ts";
import {
  type EventStream,
  eventStreamResponse,
  lastEventId,
  openEventStream,
} from "../jobs/job-events.ts";
import { Asked } from "./asked.ts";
import { attemptExplanation } from "./attempt.ts";
import { recordPrivateArtefacts } from "./private-artefacts.ts";
import { isExplained, storeQuestion } from "./store.ts";

/** A job as it stands. */
export type JobStatus = FlightStatus<Job>;

/** The one flight of an explanation, named by the explanation's id; its changes can be followed. */
export class ExplanationJob extends Flight<Asked, Job> {
  readonly #streams = new Set<EventStream>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, Asked);
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

  protected override async prepare(asked: Asked): Promise<void> {
    await recordPrivateArtefacts(this.env.DB, asked);
    await storeQuestion(this.env.BUCKET, asked);
  }

  protected override isFinished({ id }: Asked): Promise<boolean> {
    return isExplained(this.env.BUCKET, id);
  }

  protected override attempt(
    asked: Asked,
    listener: FlightListener,
    signal: AbortSignal,
    origin: FlightOrigin,
  ): Promise<void> {
    return attemptExplanation(this.env, asked, listener, signal, origin);
  }

  protected override view({ id, listener, track }: Asked, state: FlightState): Job {
    return { id, listener, track, ...state };
  }

  protected override onChange({ event, job }: JobStatus): void {
    for (const stream of [...this.#streams]) stream.send({ event, job, last: !isActive(job) });
  }
}
