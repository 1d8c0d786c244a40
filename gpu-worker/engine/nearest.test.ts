import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  const options = ["model", "audio", "kernel-width", "out"];
  it.each([
    ["modle", "model"],
    ["kernelwidth", "kernel-width"],
    ["ou", "out"],
    ["model", "model"],
  ])("takes %s for %s", (word, meant) => {
    expect(nearest(word, options)).toBe(meant);
  });

  it("has an answer for everything but an empty list", () => {
    expect(nearest("", options)).toBe("out");
    expect(nearest("model", [])).toBeUndefined();
  });
});
