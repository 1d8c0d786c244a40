import { DurableObject } from "cloudflare:workers";

const DAY_MS = 86_400_000;
/** Longer than a job may take with all its attempts. */
const RESERVATION_MS = 3 * 60 * 60 * 1000;

/** A budget as it stands. */
export interface BudgetState {
  /** What may still be reserved today, in milliseconds of compute. */
  remainingMs: number;
  /** When the budget is whole again, in milliseconds from now. */
  resetMs: number;
}

/**
 * The seconds of compute that one account has a day (UTC), kept exactly: the object handles one call
 * at a time, and what is known to cost something is reserved before it runs and charged with the
 * truth after. Numbers are whole milliseconds.
 */
export class ComputeBudget extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;

  /**
   * Sets an amount aside, unless there is less left.
   *
   * @param id of the reservation, new with every call
   * @param limitMs the account's budget of a day
   */
  async reserve(
    id: string,
    ms: number,
    limitMs: number,
  ): Promise<BudgetState & { granted: boolean }> {
    this.#createTables();
    const now = Date.now();
    const before = this.#state(limitMs, now);
    const granted = ms <= before.remainingMs;
    if (granted) {
      this.#sql.exec(
        "INSERT INTO reservations (id, ms, expires_at) VALUES (?, ?, ?)",
        ...[id, Math.ceil(ms), now + RESERVATION_MS],
      );
      await this.#tidyLater(now);
    }
    return { granted, ...this.#state(limitMs, now) };
  }

  /**
   * Charges what something really cost; what was set aside for it becomes less by as much. The same
   * charge twice counts once: work is done at least once, and charged at most once.
   *
   * @param id of the charge, naming the piece of work and its attempt
   */
  async charge(reservation: string, id: string, ms: number): Promise<void> {
    this.#createTables();
    const now = Date.now();
    const whole = Math.max(0, Math.ceil(ms));
    const { rowsWritten } = this.#sql.exec(
      "INSERT INTO charges (id, day, ms) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
      ...[id, dayOf(now), whole],
    );
    if (rowsWritten === 0) return;
    this.#sql.exec(
      "UPDATE reservations SET ms = max(0, ms - ?) WHERE id = ?",
      ...[whole, reservation],
    );
    await this.#tidyLater(now);
  }

  /** Gives back what is left of a reservation. */
  release(reservation: string): void {
    this.#createTables();
    this.#sql.exec("DELETE FROM reservations WHERE id = ?", reservation);
  }

  /** The budget as it stands. */
  state(limitMs: number): BudgetState {
    this.#createTables();
    return this.#state(limitMs, Date.now());
  }

  /** Forgets what no longer counts, and in the end the whole account. */
  override async alarm(): Promise<void> {
    this.#createTables();
    const now = Date.now();
    this.#sql.exec("DELETE FROM charges WHERE day < ?", dayOf(now));
    this.#sql.exec("DELETE FROM reservations WHERE expires_at <= ?", now);
    const [{ rows } = { rows: 0 }] = this.#sql
      .exec<{ rows: number }>(
        "SELECT (SELECT count(*) FROM charges) + (SELECT count(*) FROM reservations) AS rows",
      )
      .toArray();
    if (rows > 0) await this.#tidyLater(now);
    else await this.ctx.storage.deleteAll();
  }

  /** Again with every call: an account that was forgotten may come back to the same object. */
  #createTables(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS charges (id TEXT PRIMARY KEY, day INTEGER NOT NULL, ms INTEGER NOT NULL);
       CREATE TABLE IF NOT EXISTS reservations (id TEXT PRIMARY KEY, ms INTEGER NOT NULL, expires_at INTEGER NOT NULL);`,
    );
  }

  #state(limitMs: number, now: number): BudgetState {
    const { used } = this.#sql
      .exec<{ used: number }>(
        `SELECT coalesce((SELECT sum(ms) FROM charges WHERE day = ?), 0)
           + coalesce((SELECT sum(ms) FROM reservations WHERE expires_at > ?), 0) AS used`,
        ...[dayOf(now), now],
      )
      .one();
    const nextDay = (dayOf(now) + 1) * DAY_MS;
    return { remainingMs: Math.max(0, limitMs - used), resetMs: nextDay - now };
  }

  async #tidyLater(now: number): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm((dayOf(now) + 1) * DAY_MS + RESERVATION_MS);
    }
  }
}

/** Days since 1970, in UTC. */
function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
