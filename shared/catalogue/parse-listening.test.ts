import { describe, expect, it } from "vitest";
import { parseListening } from "./parse-listening.ts";

describe("parseListening", () => {
  it("parses one listen per line with either line ending", () => {
    expect(parseListening("zoe\talpha\t3\r\nabel\tbravo\t12\n\n")).toEqual([
      { listener: "zoe", track: "alpha", plays: 3 },
      { listener: "abel", track: "bravo", plays: 12 },
    ]);
  });

  it.each([
    "zoe\talpha",
    "zoe\talpha\t0",
    "zoe\talpha\t1.5",
    "zoe\talpha\tmany",
    "zoe\talpha\t1\t2",
    "Zoe\talpha\t1",
  ])("names the line of %j", (line) => {
    expect(() => parseListening(`zoe\talpha\t1\n${line}`)).toThrow(/listening\.tsv line 2/);
  });
});
