import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { budgetOf } from "./payer.ts";

const DAY_MS = 86_400_000;
let accounts = 0;
const newBudget = () => budgetOf(env, `test-${accounts++}`);

describe("ComputeBudget", () => {
  it("never grants more than the budget to concurrent callers", async () => {
    const budget = newBudget();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => budget.reserve(`r${i}`, 700, 10_000)),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(14);
    expect((await budget.state(10_000)).remainingMs).toBe(200);
    // Half of the reservations are released, the other half charged.
    await Promise.all(Array.from({ length: 7 }, (_, i) => budget.release(`r${i}`)));
    await Promise.all(
      Array.from({ length: 7 }, (_, i) => budget.charge(`r${i + 7}`, `c${i}`, 650)),
    );
    expect((await budget.state(10_000)).remainingMs).toBe(200 + 7 * 700);
    await Promise.all(Array.from({ length: 7 }, (_, i) => budget.release(`r${i + 7}`)));
    expect((await budget.state(10_000)).remainingMs).toBe(10_000 - 7 * 650);
  });

  it("charges the real cost, even if it exceeds the reservation", async () => {
    const budget = newBudget();
    await budget.reserve("r", 1000, 5000);
    await budget.charge("r", "first", 400);
    expect((await budget.state(5000)).remainingMs).toBe(4000);
    await budget.charge("r", "second", 2600.2);
    expect((await budget.state(5000)).remainingMs).toBe(5000 - 400 - 2601);
    await budget.charge("r", "third", 9000);
    expect((await budget.state(5000)).remainingMs).toBe(0);
  });

  it("counts a repeated charge once", async () => {
    const budget = newBudget();
    await budget.reserve("r", 1000, 5000);
    for (let i = 0; i < 3; i++) await budget.charge("r", "the same", 300);
    await budget.release("r");
    await budget.release("r");
    expect((await budget.state(5000)).remainingMs).toBe(4700);
  });

  it("is full again the next day, and deletes the storage of an idle account", async () => {
    const budget = newBudget();
    await budget.reserve("r", 1000, 5000);
    await budget.charge("r", "c", 5000);
    const { remainingMs, resetMs } = await budget.state(5000);
    expect(remainingMs).toBe(0);
    expect(resetMs).toBeGreaterThan(0);
    expect(resetMs).toBeLessThanOrEqual(DAY_MS);
    await runInDurableObject(budget, (_, { storage }) => {
      storage.sql.exec("UPDATE charges SET day = day - 1");
      storage.sql.exec("UPDATE reservations SET expires_at = 1");
    });
    expect((await budget.state(5000)).remainingMs).toBe(5000);
    await runDurableObjectAlarm(budget);
    await runInDurableObject(budget, async (_, { storage }) => {
      expect(
        storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'charges'").toArray(),
      ).toEqual([]);
    });
    expect(await budget.reserve("again", 1, 1)).toMatchObject({ granted: true, remainingMs: 0 });
  });

  it("keeps a reservation past midnight", async () => {
    const budget = newBudget();
    await budget.reserve("r", 1000, 5000);
    await runDurableObjectAlarm(budget);
    expect((await budget.state(5000)).remainingMs).toBe(4000);
  });
});
