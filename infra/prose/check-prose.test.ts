import { expect, it } from "vitest";
import { checkProse } from "./check-prose.ts";

it.each([
  "/** Whether a key holds. */",
  " * What a batch plans.",
  "// Nobody asks for it twice.",
  " * @returns null where there is no table",
])("finds %s", (line) => {
  expect(checkProse(`first\n${line}`)).toMatchObject([{ line: 2 }]);
});

it("accepts plain sentences, and places that really are places", () => {
  const text =
    "/** Returns the table, or null if there is none. */\n// The folder where stems lie.";
  expect(checkProse(text)).toEqual([]);
});
