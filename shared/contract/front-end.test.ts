import { describe, expect, it } from "vitest";
import { DEFAULT_FRONT_END, FrontEnd } from "./front-end.ts";

describe("FrontEnd", () => {
  it("accepts the default", () => {
    expect(FrontEnd.parse(DEFAULT_FRONT_END)).toEqual(DEFAULT_FRONT_END);
  });

  it.each([
    ["nFft", { nFft: 500 }],
    ["hop", { hop: 1024 }],
    ["fMin", { fMin: 8000 }],
    ["fMax", { fMax: 9000 }],
    ["nMels", { nMels: 0 }],
    ["melScale", { melScale: "slaney" }],
    ["norm", { norm: "slaney" }],
    ["sampleRate", { sampleRate: 1 }],
  ])("names the invalid field %s", (field, change) => {
    const result = FrontEnd.safeParse({ ...DEFAULT_FRONT_END, ...change });
    expect(result.error?.issues.map((issue) => issue.path[0])).toContain(field);
  });

  it("rejects unknown fields", () => {
    expect(FrontEnd.safeParse({ ...DEFAULT_FRONT_END, topDb: 80 }).success).toBe(false);
  });
});
