import { type Batch, BatchId } from "@lemons/shared/contract/batch";
import { describe, expect, it } from "vitest";
import { dollars, durationWords, percent, progressOf, stateWords } from "./figures.ts";

const batch: Batch = {
  id: BatchId.parse("nightly-2026-11-24"),
  origin: "schedule",
  request: { types: ["time"], force: false },
  state: "running",
  planning: false,
  counts: { planned: 4, running: 1, done: 2, failed: 1, skipped: 2 },
  kinds: {},
  secondsLeft: 100,
  createdAt: "2026-11-24T03:00:00.000Z",
  updatedAt: "2026-11-24T03:00:01.000Z",
  finishedAt: null,
};
const none = { planned: 0, running: 0, done: 0, failed: 0, skipped: 0 };

describe("figures", () => {
  it("format times, shares and amounts", () => {
    expect([0.4, 89, 90, 5399, 5400].map(durationWords)).toEqual([
      "0 s",
      "89 s",
      "2 min",
      "90 min",
      "1.5 h",
    ]);
    expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(["0 %", "1 %", "50 %", "99 %", "100 %"]);
    expect([0, 0.126, 1234.5].map(dollars)).toEqual(["$0.00", "$0.13", "$1235"]);
  });

  it("describe the progress and state of a batch", () => {
    expect(progressOf(batch)).toBe(0.5);
    expect(progressOf({ ...batch, planning: true })).toBeNull();
    expect(progressOf({ ...batch, counts: none })).toBeNull();
    expect(progressOf({ ...batch, state: "cancelled" })).toBe(1);
    expect(stateWords(batch)).toBe("running, 2 min left");
    expect(stateWords({ ...batch, secondsLeft: null })).toBe("running");
    expect(stateWords({ ...batch, planning: true })).toBe("planning");
    expect(stateWords({ ...batch, state: "done" })).toBe("done, with failures");
    expect(stateWords({ ...batch, state: "done", counts: none })).toBe("done");
    expect(stateWords({ ...batch, state: "cancelled" })).toBe("cancelled");
  });
});
