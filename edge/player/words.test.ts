import { describe, expect, it } from "vitest";
import { t } from "./words.ts";

describe("t", () => {
  it("puts values into their places", () => {
    expect(t("audio.time", { current: "0:03", total: "0:30" })).toBe("0:03 of 0:30");
    expect(t("audio.play", { title: "$& {current}" })).toBe("Play $& {current}");
  });

  it("leaves a place without a value visible", () => {
    expect(t("problem.status")).toContain("{status}");
  });
});
