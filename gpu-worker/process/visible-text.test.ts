import { describe, expect, it } from "vitest";
import { visibleLines, visibleText } from "./visible-text.ts";

const HOSTILE = "a\u001b]0;title\u0007\u009b2J\u202eb\r\n\t\u007f";

describe("visibleText", () => {
  it("escapes every control character", () => {
    expect(visibleText(HOSTILE)).toBe(
      "a\\u001b]0;title\\u0007\\u009b2J\\u202eb\\u000d\\u000a\\u0009\\u007f",
    );
  });

  it("leaves letters of any script as they are", () => {
    const names = "Motörhead – Ace.wav, 夜.flac, ‏שיר";
    expect(visibleText(names)).toBe(names);
  });
});

describe("visibleLines", () => {
  it("keeps tabs and line breaks", () => {
    expect(visibleLines("a\tb\nc\rd")).toBe("a\tb\nc\\u000dd");
  });

  it("keeps the meaning of JSON", () => {
    const json = `${JSON.stringify({ name: HOSTILE }, null, 2)}\n`;
    expect(visibleLines(json)).not.toMatch(/[\u007f-\u009f\u202e]/);
    expect(JSON.parse(visibleLines(json))).toEqual({ name: HOSTILE });
  });
});
