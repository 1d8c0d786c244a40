import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { readComputeSettings } from "./compute-settings.ts";

describe("readComputeSettings", () => {
  it("has a default for everything", () => {
    expect(readComputeSettings({ LEMONS_THREADS: "" })).toEqual({
      provider: "cpu",
      threads: Math.min(16, availableParallelism()),
      cacheFolder: null,
    });
  });

  it("reads what is set", () => {
    const set = { LEMONS_PROVIDER: "cuda", LEMONS_THREADS: "3", LEMONS_CACHE: "tables" };
    expect(readComputeSettings(set)).toEqual({
      provider: "cuda",
      threads: 3,
      cacheFolder: "tables",
    });
  });

  it("names a variable that is wrong", () => {
    expect(() => readComputeSettings({ LEMONS_PROVIDER: "tpu" })).toThrow(/^LEMONS_PROVIDER must/);
  });
});
