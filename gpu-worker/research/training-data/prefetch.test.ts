import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { prefetch } from "./prefetch.ts";

describe("prefetch", () => {
  it("hands results out in order, and works no further ahead than asked", async () => {
    let [begun, taken, furthest] = [0, 0, 0];
    const perform = async (task: number) => {
      furthest = Math.max(furthest, ++begun - taken);
      await setTimeout(task % 2 === 0 ? 5 : 0);
      return task * 10;
    };
    const results: number[] = [];
    for await (const result of prefetch([1, 2, 3, 4, 5, 6, 7], 3, perform)) {
      taken++;
      results.push(result);
    }
    expect(results).toEqual([10, 20, 30, 40, 50, 60, 70]);
    expect(furthest).toBe(4);
  });

  it("fails at the turn of the failed task, also where its consumer comes late", async () => {
    const perform = async (task: number) => {
      if (task === 2) throw new Error("second");
      return task;
    };
    const results = prefetch([1, 2, 3], 3, perform);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await setTimeout(1);
    await expect(results.next()).rejects.toThrow("second");
  });
});
