import { describe, expect, it } from "vitest";
import { clockTime } from "./clock-time.ts";

describe("clockTime", () => {
  it.each([
    [0, "0:00"],
    [9.99, "0:09"],
    [75.4, "1:15"],
    [3600, "60:00"],
    [-0.01, "0:00"],
  ])("%d s is %s", (seconds, text) => expect(clockTime(seconds)).toBe(text));
});
