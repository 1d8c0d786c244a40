import { DurableObject } from "cloudflare:workers";

const DAY_MS = 86_400_000;
/** Longer than a job can take with all its attempts. */
const RESERVATION_MS = 3 * 60 * 60 * 1000;

/** The current state of a budget. */
export interface BudgetState {
  /** Milliseconds of compute that can still be reserved today. */
  remainingMs: number;
  /** Milliseconds until the budget is full again. */
  resetMs: number;
}

/**
 * The compute time that one account may spend a day (UTC). The count is exact: the object handles one
 * call at a time, and work reserves its price before it runs and is charged its real cost afterwards.
 * Amounts are whole milliseconds.
 */
export class ComputeBudget extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;

  /**
   * Reserves an amount, unless less is left.
   *
   * @param id of the reservation, unique to this call
   * @param limitMs the account's daily budget
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
   * Charges the real cost of work and reduces its reservation by as much. Repeating a charge changes
   * nothing: work runs at least once and is charged at most once.
   *
   * @param id of the charge: names the work and its attempt
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

  /** Returns the rest of a reservation to the budget. */
  release(reservation: string): void {
    this.#createTables();
    this.#sql.exec("DELETE FROM reservations WHERE id = ?", reservation);
  }

  /** Returns the current state of the budget. */
  state(limitMs: number): BudgetState {
    this.#createTables();
    return this.#state(limitMs, Date.now());
  }

  /** Deletes what no longer counts, and all storage once nothing does. */
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

  /** Runs with every call: an account may return after its storage was deleted. */
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

/** Returns the number of days since 1970, in UTC. */
function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
