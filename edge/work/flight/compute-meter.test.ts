import { describe, expect, it } from "vitest";
import { startComputeMeter } from "./compute-meter.ts";

describe("startComputeMeter", () => {
  it("counts from the first step that is not waiting", () => {
    let now = 1000;
    const meter = startComputeMeter(() => now);
    meter.onPhase("waiting");
    now += 5000;
    expect(meter.seconds()).toBe(0);
    meter.onPhase("fetching");
    now += 1500;
    meter.onPhase("scoring");
    now += 500;
    expect(meter.seconds()).toBe(2);
  });
});
