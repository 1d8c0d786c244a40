import { describe, expect, it } from "vitest";
import { createLog } from "./log.ts";

function createTestLog() {
  const lines: string[] = [];
  const log = createLog({ write: (line) => void lines.push(line) });
  return { log, lines };
}

describe("createLog", () => {
  it("writes an event as one line of JSON", () => {
    const { log, lines } = createTestLog();
    log.error({ requestId: "1", text: "two\nlines" }, "broke");
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).not.toContain("\n");
    expect(JSON.parse(lines[0]!)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: "error",
      event: "broke",
      requestId: "1",
      text: "two\nlines",
    });
  });

  it("writes an error with every cause", () => {
    const { log, lines } = createTestLog();
    const cause = new TypeError("inner");
    log.error({ error: new Error("outer", { cause }) }, "broke");
    expect(JSON.parse(lines[0]!).error).toMatchObject({
      name: "Error",
      message: "outer",
      stack: expect.stringContaining("log.test.ts"),
      cause: { name: "TypeError", message: "inner" },
    });
  });

  it("writes whatever is thrown", () => {
    const { log, lines } = createTestLog();
    log.error({ error: "a text" }, "broke");
    expect(JSON.parse(lines[0]!).error).toBe("a text");
  });
});
