import { describe, expect, it } from "vitest";
import { parseRetryAfter, retryDelayMs } from "./retry-delay.ts";

describe("retryDelayMs", () => {
  const longest = (failures: number) => retryDelayMs(failures, 0, () => 0.999999);

  it("doubles its ceiling up to a minute", () => {
    expect([1, 2, 3, 4, 5, 6, 50, 5000].map(longest)).toEqual([
      2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  it("spreads over the whole interval", () => {
    expect(retryDelayMs(3, 0, () => 0)).toBe(0);
    expect(retryDelayMs(3, 0, () => 0.5)).toBe(4000);
  });

  it("adds its jitter to the time that the other side asked for, up to five minutes", () => {
    expect(retryDelayMs(1, 7000, () => 0.1)).toBe(7200);
    expect(retryDelayMs(1, 1e12, () => 0.1)).toBe(300_200);
  });
});

describe("parseRetryAfter (RFC 9110, 10.2.3)", () => {
  const now = new Date("2026-01-01T00:00:00Z");

  it.each([
    [null, 0],
    ["30", 30_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", 0],
    ["-5", 0],
  ])("%s: %i ms", (header, ms) => {
    // "-5" is a date to some parsers; it lies in the past of any clock that matters here.
    expect(parseRetryAfter(header, now)).toBe(ms);
  });
});
