import { describe, expect, it } from "vitest";
import { createLocale } from "./locale.ts";

describe("createLocale", () => {
  const english = createLocale("en");
  const german = createLocale("de");

  it("writes numbers as the language does, with a true minus sign", () => {
    expect(english.relevance(0.8342)).toBe("0.83");
    expect(german.relevance(0.8342)).toBe("0,83");
    expect(english.signed(-0.0432)).toBe("\u22120.043");
    expect(german.signed(0.2131, 2)).toBe("+0,21");
    expect(english.signed(-0.0001)).toBe("0.000");
    expect(english.percent(-0.071)).toBe("\u22127");
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
