// cspell:ignore höher ganze Stück Schlagzeug
import { describe, expect, it } from "vitest";
import { clockTime, createLocale } from "./locale.ts";

describe("createLocale", () => {
  const english = createLocale("en");
  const german = createLocale("de");

  it("formats numbers in its language, with a true minus sign", () => {
    expect(english.relevance(0.8342)).toBe("0.83");
    expect(german.relevance(0.8342)).toBe("0,83");
    expect(english.signed(-0.0432)).toBe("\u22120.043");
    expect(german.signed(0.2131)).toBe("+0,213");
    expect(english.signed(-0.0001)).toBe("0.000");
    expect(english.percent(-0.071)).toBe("\u22127");
  });

  it("compares a relevance with the whole track", () => {
    expect(english.difference(0.05, 0.91)).toBe("0.86 lower than the whole track");
    expect(german.difference(0.95, 0.91)).toBe("0,04 höher als das ganze Stück");
    expect(english.difference(0.911, 0.91)).toBe("same as the whole track");
  });

  it("names times and sources", () => {
    expect(english.time({ startSeconds: 0, endSeconds: 6 })).toBe("0–6 s");
    expect(german.time({ startSeconds: 96.34, endSeconds: 102.34 })).toBe("96,3–102,3 s");
    expect(german.source("drums")).toBe("Schlagzeug");
    expect(german.source("kazoo")).toBe("kazoo");
  });

  it("joins lists", () => {
    expect(english.list([])).toBe("");
    expect(english.list(["a"])).toBe("a");
    expect(english.list(["a", "b", "c"])).toBe("a; b and c");
    expect(german.list(["a", "b"])).toBe("a und b");
  });
});

describe("clockTime", () => {
  it.each([
    [0, "0:00"],
    [9.99, "0:09"],
    [75.4, "1:15"],
    [3600, "60:00"],
    [-0.01, "0:00"],
  ])("formats %d s as %s", (seconds, text) => expect(clockTime(seconds)).toBe(text));
});
