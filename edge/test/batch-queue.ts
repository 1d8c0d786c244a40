import { env } from "cloudflare:workers";
import { consume, consumeDead } from "../batch/consume.ts";
import { dispatch } from "../batch/ledger.ts";

/** As in wrangler.toml: four retries. */
const MAX_ATTEMPTS = 5;

/** Lets alarms have a turn between two messages. */
const TURN_MS = 2;

interface Waiting {
  id: string;
  body: unknown;
  attempts: number;
}

/** Faults that deliveries of messages can have. */
export interface Mishaps {
  /** Uniform in [0, 1). */
  random(): number;
  /** Shares of all messages. */
  lost: number;
  doubled: number;
  /** True to deliver waiting messages in random order. */
  shuffled: boolean;
  /** Share of all turns that break off at some step. */
  brokenOff: number;
}

const NONE: Mishaps = { random: () => 0.5, lost: 0, doubled: 0, shuffled: false, brokenOff: 0 };

/** The queue of a test: messages wait until the test delivers them, with faults if it likes. */
export class BatchQueue implements Queue {
  readonly env: Env = { ...env, BATCH_QUEUE: this };
  readonly dead: Waiting[] = [];
  #waiting: Waiting[] = [];
  #sent = 0;

  async send(body: unknown): Promise<QueueSendResponse> {
    this.#waiting.push({ id: `message-${this.#sent++}`, body, attempts: 0 });
    return NOTHING_KNOWN;
  }

  async sendBatch(messages: Iterable<MessageSendRequest>): Promise<QueueSendBatchResponse> {
    for (const { body } of messages) await this.send(body);
    return NOTHING_KNOWN;
  }

  async metrics(): Promise<QueueMetrics> {
    return NOTHING_KNOWN.metadata.metrics;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Delivers one message, or two at once. @returns false if none waited */
  async deliver(mishaps: Mishaps = NONE): Promise<boolean> {
    const { random } = mishaps;
    const taken = this.#waiting.splice(
      mishaps.shuffled ? Math.floor(random() * this.#waiting.length) : 0,
      1,
    );
    const [message] = taken;
    if (message === undefined) return false;
    if (random() < mishaps.lost) return true;
    const isBroken = random() < mishaps.brokenOff;
    const copies = random() < mishaps.doubled ? [message, { ...message }] : [message];
    await Promise.all(
      copies.map((copy) => this.#take(copy, isBroken ? brokenEnv(this.env, random) : this.env)),
    );
    return true;
  }

  async #take(message: Waiting, itsEnv: Env): Promise<void> {
    message.attempts++;
    let isAcknowledged = false;
    const retry = () => {
      (message.attempts < MAX_ATTEMPTS ? this.#waiting : this.dead).push(message);
      isAcknowledged = true;
    };
    const handle = { ...message, timestamp: new Date(), ack: () => {}, retry };
    const ack = () => {
      isAcknowledged = true;
    };
    const delivery = deliveryOf({ ...handle, ack });
    try {
      await consume(itsEnv, delivery);
    } catch {
      // A consumer that crashes acknowledges nothing.
      if (!isAcknowledged) retry();
    }
  }

  /** Delivers all messages, and new turns for lost ones, until the batch ends. */
  async runToEnd(batch: string, mishaps: Mishaps = NONE): Promise<void> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      if (await this.deliver(mishaps)) {
        await new Promise((resolve) => setTimeout(resolve, TURN_MS));
        continue;
      }
      if (this.dead.length > 0) {
        for (const message of this.dead.splice(0)) {
          await consumeDead(this.env, deliveryOf({ ...message, ack() {}, retry() {} }));
        }
        continue;
      }
      const row = await env.DB.prepare("SELECT state FROM batches WHERE id = ?")
        .bind(batch)
        .first<{ state: string }>();
      if (row?.state !== "running") return;
      await env.DB.exec(
        "UPDATE batch_items SET due_at = '2000-01-01T00:00:00.000Z' WHERE state = 'running'",
      );
      await dispatch(this.env);
    }
    throw new Error(`the batch ${batch} did not end`);
  }
}

const NOTHING_KNOWN = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };

export function deliveryOf(message: Omit<Message, "timestamp">): MessageBatch {
  return {
    queue: "lemons-batch",
    messages: [{ ...message, timestamp: new Date() }],
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    ackAll: () => message.ack(),
    retryAll: () => message.retry(),
  };
}

/** An environment in which every call fails from some moment on, as for a Worker that is killed. */
export function brokenEnv(whole: Env, random: () => number): Env {
  let calls = 1 + Math.floor(random() * 12);
  const breakable = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (--calls < 0) throw new Error("killed");
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  return {
    ...whole,
    DB: breakable(whole.DB),
    BUCKET: breakable(whole.BUCKET),
    BATCH_QUEUE: breakable(whole.BATCH_QUEUE),
  };
}
