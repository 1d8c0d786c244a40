import { describe, expect, it } from "vitest";
import { MAX_ATTEMPTS, nextAttemptDelayMs } from "./webhook-sender.ts";

const HOUR_MS = 3_600_000;
const all = (random: () => number) =>
  Array.from({ length: MAX_ATTEMPTS - 1 }, (_, i) => nextAttemptDelayMs(i + 1, 0, random)!);
const hours = (delays: readonly number[]) => delays.reduce((sum, ms) => sum + ms, 0) / HOUR_MS;

describe("nextAttemptDelayMs", () => {
  it("spreads the attempts over about a day", () => {
    expect(hours(all(() => 0))).toBeCloseTo(23.6, 1);
    expect(hours(all(() => 0.999))).toBeCloseTo(18.9, 1);
    expect(nextAttemptDelayMs(MAX_ATTEMPTS, 0, Math.random)).toBeNull();
  });

  it("never waits less than before, whatever the jitter", () => {
    const [shortest, longest] = [all(() => 0.999), all(() => 0)];
    for (let i = 1; i < longest.length - 1; i++) {
      expect(shortest[i]).toBeGreaterThan(longest[i - 1]!);
    }
  });

  it("waits as long as the receiver asks, up to an hour", () => {
    expect(nextAttemptDelayMs(1, 90_000, () => 0)).toBe(90_000);
    expect(nextAttemptDelayMs(1, 48 * HOUR_MS, () => 0)).toBe(HOUR_MS);
    expect(nextAttemptDelayMs(7, 90_000, () => 0)).toBe(8 * HOUR_MS);
  });
});
