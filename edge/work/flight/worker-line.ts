import { DurableObject } from "cloudflare:workers";
import { settingsOf } from "../../base/env.ts";

/** A ticket that nothing is heard of for so long has lost its flight. */
const LEASE_MS = 30_000;

/** A flight's place in line. */
export interface Ticket {
  /** Names the flight. */
  id: string;
  /** The account that the work is for. */
  account: string;
  /** When the flight began to wait, in milliseconds since 1970. */
  since: number;
}

/** The place of a ticket in line. */
export interface Place {
  /** True if its flight may ask the gpu-worker now, until it leaves. */
  isAdmitted: boolean;
  /** Flights before it, those at the gpu-worker included; 0 if it is admitted. */
  ahead: number;
}

/** How many flights may be at the gpu-worker at once, in all and for one account. */
export interface AdmissionLimits {
  atOnce: number;
  perAccount: number;
}

interface Entry extends Ticket {
  expiresAt: number;
}

/**
 * The order in which flights ask the gpu-worker. It is the turn of the account with the fewest flights
 * there, among equals of the one that was admitted least recently; and of its flights the one that has
 * waited longest. So an account's hundredth job waits for the first job of each other account, never
 * the other way round.
 */
export class Line {
  readonly #limits: AdmissionLimits;
  readonly #now: () => number;
  readonly #admitted = new Map<string, Entry>();
  readonly #waiting = new Map<string, Entry>();
  /** Turn by turn, the accounts that were admitted; only those that still have flights. */
  readonly #lastTurn = new Map<string, number>();
  #turns = 0;

  constructor(limits: AdmissionLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Enters the line, or stays in it: to be called again within {@link LEASE_MS}. */
  enter(ticket: Ticket): Place {
    this.#expire();
    const entry = { ...ticket, expiresAt: this.#now() + LEASE_MS };
    (this.#admitted.has(ticket.id) ? this.#admitted : this.#waiting).set(ticket.id, entry);
    const order = this.#admit();
    if (this.#admitted.has(ticket.id)) return { isAdmitted: true, ahead: 0 };
    const index = order.findIndex(({ id }) => id === ticket.id);
    return { isAdmitted: false, ahead: this.#admitted.size + index };
  }

  /** Keeps a turn. A line that was lost takes the flight back as it stands. */
  hold(ticket: Ticket): void {
    this.#waiting.delete(ticket.id);
    this.#admitted.set(ticket.id, { ...ticket, expiresAt: this.#now() + LEASE_MS });
  }

  /** Ends a turn, or leaves the line. */
  leave(id: string): void {
    this.#admitted.delete(id);
    this.#waiting.delete(id);
    this.#forgetAccounts();
    this.#admit();
  }

  isAdmitted(id: string): boolean {
    return this.#admitted.has(id);
  }

  /** Admits as many as there is room for. @returns those who still wait, in order */
  #admit(): Entry[] {
    const { atOnce, perAccount } = this.#limits;
    while (this.#admitted.size < atOnce) {
      const entry = this.#order().find(({ account }) => this.#countAdmitted(account) < perAccount);
      if (entry === undefined) break;
      this.#waiting.delete(entry.id);
      this.#admitted.set(entry.id, entry);
      this.#lastTurn.set(entry.account, ++this.#turns);
    }
    return this.#order();
  }

  #order(): Entry[] {
    const oldestFirst = [...this.#waiting.values()].sort((a, b) => a.since - b.since);
    const turns = new Map<string, number>();
    return oldestFirst
      .map((entry) => {
        const turn = turns.get(entry.account) ?? this.#countAdmitted(entry.account);
        turns.set(entry.account, turn + 1);
        return { entry, turn, lastTurn: this.#lastTurn.get(entry.account) ?? 0 };
      })
      .sort((a, b) => a.turn - b.turn || a.lastTurn - b.lastTurn)
      .map(({ entry }) => entry);
  }

  #countAdmitted(account: string): number {
    let count = 0;
    for (const entry of this.#admitted.values()) if (entry.account === account) count++;
    return count;
  }

  #expire(): void {
    const now = this.#now();
    for (const entries of [this.#admitted, this.#waiting]) {
      for (const { id, expiresAt } of entries.values()) if (expiresAt <= now) entries.delete(id);
    }
    this.#forgetAccounts();
  }

  #forgetAccounts(): void {
    const present = new Set(
      [...this.#admitted.values(), ...this.#waiting.values()].map(({ account }) => account),
    );
    for (const account of this.#lastTurn.keys()) {
      if (!present.has(account)) this.#lastTurn.delete(account);
    }
  }
}

/**
 * The one line before the gpu-worker. It is kept in memory only: if it is lost, each flight enters
 * again within seconds, at the place that its time of waiting gives it.
 */
export class WorkerLine extends DurableObject<Env> {
  readonly #line = new Line(lineLimits(this.env), Date.now);
  readonly #waiters = new Map<string, () => void>();

  /**
   * Enters the line, or stays in it.
   *
   * @returns the place once the flight is admitted, or when the time is up
   */
  async enter(ticket: Ticket, timeoutMs: number): Promise<Place> {
    const place = this.#line.enter(ticket);
    this.#wakeAdmitted();
    if (place.isAdmitted || timeoutMs === 0) return place;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiters.set(ticket.id, resolve);
    await promise;
    clearTimeout(timer);
    if (this.#waiters.get(ticket.id) === resolve) this.#waiters.delete(ticket.id);
    return this.#line.enter(ticket);
  }

  /** Keeps a turn while the gpu-worker computes. */
  hold(ticket: Ticket): void {
    this.#line.hold(ticket);
  }

  /** Ends a turn, or leaves the line. */
  leave(id: string): void {
    this.#line.leave(id);
    this.#wakeAdmitted();
  }

  #wakeAdmitted(): void {
    for (const [id, wake] of this.#waiters) if (this.#line.isAdmitted(id)) wake();
  }
}

function lineLimits(env: Env): AdmissionLimits {
  const { GPU_JOBS_AT_ONCE, GPU_JOBS_PER_ACCOUNT } = settingsOf(env);
  return { atOnce: GPU_JOBS_AT_ONCE, perAccount: GPU_JOBS_PER_ACCOUNT };
}
