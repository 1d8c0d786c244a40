import { describe, expect, it } from "vitest";
import { commandHelp, generalHelp } from "./command.ts";

const command = {
  name: "hum",
  summary: "hums a tune",
  usage: ["hum --tune T [--softly]", "    [--long-option-name VALUE]", "hum --all"],
  options: {
    tune: { value: "T", help: "which" },
    "a-very-long-option-name": { value: "VALUE", help: "what for" },
    softly: { help: "not loud" },
  },
};

describe("commandHelp", () => {
  it("lists every usage and every option", () => {
    expect(commandHelp(command).split("\n")).toEqual([
      "lemons hum: hums a tune",
      "",
      "usage: lemons hum --tune T [--softly]",
      "                  [--long-option-name VALUE]",
      "       lemons hum --all",
      "",
      "  --tune T                      which",
      "  --a-very-long-option-name VALUE",
      "                                what for",
      "  --softly                      not loud",
      "  --help                        show this",
      "",
    ]);
  });
});

describe("generalHelp", () => {
  it("lists commands and exit codes", () => {
    const text = generalHelp([command]);
    expect(text).toContain("\n  hum                           hums a tune\n");
    expect(text).toContain("0 done, 2 wrong input, 1 any other failure");
  });
});
