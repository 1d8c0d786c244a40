import { describe, expect, it } from "vitest";
import { lineOfText } from "./text.ts";

const Text = lineOfText(20);

describe("lineOfText", () => {
  it.each(["Zitronenbaum", "  Für Elise \n", "夜に駆ける", "🍋 👩‍👩‍👧", "שלום", "a‑b"])(
    "accepts %j",
    (text) => {
      expect(Text.parse(text)).toBe(text.trim());
      expect(new RegExp(Text.meta()!.pattern as string, "u").test(text.trim())).toBe(true);
    },
  );

  it.each([
    ["NUL", "a\0b"],
    ["a line break", "a\nb"],
    ["an escape sequence", "\u001b[31mred"],
    ["DEL", "a\u007f"],
    ["a C1 control", "a\u0085b"],
    ["a line separator", "a\u2028b"],
    ["a bidirectional override", "a\u202eb"],
    ["a lone high surrogate", "a\ud83c"],
    ["a lone low surrogate", "\udf4ba"],
  ])("rejects %s", (_what, text) => {
    expect(Text.safeParse(text).error?.issues[0]?.message).toMatch(/control characters/);
  });

  it("rejects empty and long text", () => {
    for (const text of ["", " \t ", "x".repeat(21)])
      expect(Text.safeParse(text).success).toBe(false);
  });
});
