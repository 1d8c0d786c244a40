import { describe, expect, it } from "vitest";
import { InputError } from "../engine/input-error.ts";
import { parseOptions, requireOptions } from "./parse-options.ts";

const options = {
  model: { value: "M", help: "" },
  audio: { value: "F...", multiple: true, takesRest: true, help: "" },
  json: { help: "" },
} as const;
const parse = (...args: string[]) => parseOptions({ name: "test", options }, args);

describe("parseOptions", () => {
  it("reads values, switches and lists", () => {
    expect(parse("--model", "m", "--audio", "a", "b", "--json", "--audio=c")).toEqual({
      model: "m",
      audio: ["a", "b", "c"],
      json: true,
    });
    expect(parse()).toEqual({});
  });

  it("takes a value that looks like an option after an equals sign only", () => {
    expect(parse("--model=--json")).toEqual({ model: "--json" });
    expect(() => parse("--model", "--json")).toThrow("--model needs a value: --model M");
  });

  it.each([["--help"], ["-h"], ["--model", "m", "--help"]])(
    "returns null for help: %j %j %j",
    (...args) => {
      expect(parse(...args)).toBeNull();
    },
  );

  it.each([
    [["--modle", "m"], "test has no option --modle; the nearest is --model"],
    [["-m", "m"], "test has no option -m; the nearest is --model"],
    [["--__proto__", "m"], "test has no option --__proto__"],
    [["--constructor"], "test has no option --constructor"],
    [["--model"], "--model needs a value"],
    [["--model", ""], "--model needs a value"],
    [["--model="], "--model needs a value"],
    [["--json=yes"], "--json takes no value"],
    [["--model", "a", "--model", "b"], "--model is given twice"],
    [["stray"], '"stray" belongs to no option'],
    [["--model", "m", "stray"], '"stray" belongs to no option'],
    [["--audio", "a", "--json", "stray"], '"stray" belongs to no option'],
  ])("refuses %j", (args, message) => {
    expect(() => parse(...args)).toThrow(InputError);
    expect(() => parse(...args)).toThrow(message);
  });

  it("cuts a long wrong option", () => {
    expect(() => parse(`--${"x".repeat(10_000)}`)).toThrow(/^.{1,200}$/);
  });
});

describe("requireOptions", () => {
  it("names the first missing option", () => {
    const given = parse("--model", "m")!;
    expect(() => requireOptions("test", options, given, ["model", "audio"])).toThrow(
      "test needs --audio F...",
    );
    expect(() => requireOptions("test", options, given, ["model"])).not.toThrow();
  });
});
