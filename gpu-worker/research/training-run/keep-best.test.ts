import { describe, expect, it } from "vitest";
import { isBetter, worthOf } from "./keep-best.ts";

const validation = { loss: 0.6, auc: 0.7, ap: 0.5, listeners: [] };

describe("worthOf", () => {
  it("is greater for the better epoch", () => {
    expect(worthOf("auc", validation)).toBe(0.7);
    expect(worthOf("ap", validation)).toBe(0.5);
    expect(worthOf("loss", validation)).toBe(-0.6);
    expect(worthOf("last", validation)).toBeNull();
    expect(worthOf("last", null)).toBeNull();
  });
});

describe("isBetter", () => {
  it("keeps the earlier of two equals, and the last where that was asked for", () => {
    expect(isBetter(0.7, undefined)).toBe(true);
    expect(isBetter(0.8, 0.7)).toBe(true);
    expect(isBetter(0.7, 0.7)).toBe(false);
    expect(isBetter(null, null)).toBe(true);
  });
});
