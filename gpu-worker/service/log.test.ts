import { describe, expect, it } from "vitest";
import { createLog, errorForLog } from "./log.ts";

describe("createLog", () => {
  it("writes one line of JSON an event, whatever is in it", () => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line));
    log("error", "broke", { requestId: "1", text: "two\nlines" });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(lines[0]!)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      level: "error",
      event: "broke",
      requestId: "1",
      text: "two\nlines",
    });
  });
});

describe("errorForLog", () => {
  it("keeps the causes", () => {
    const error = new Error("outer", { cause: new TypeError("inner", { cause: "a text" }) });
    expect(errorForLog(error)).toMatchObject({
      message: "outer",
      stack: expect.stringContaining("log.test.ts"),
      cause: { name: "TypeError", message: "inner", cause: "a text" },
    });
  });
});
