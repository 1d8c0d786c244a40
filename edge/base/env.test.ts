import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { settingsOf } from "./env.ts";

describe("settingsOf", () => {
  it("reduces addresses to their origins", () => {
    const settings = settingsOf({ ...env, GPU_WORKER_URL: "https://gpu.test/some/path" });
    expect(settings.GPU_WORKER_URL).toBe("https://gpu.test");
  });

  it("computes explanations at the edge by default", () => {
    expect(settingsOf(env).EXPLAIN_AT).toBe("edge");
    expect(settingsOf({ ...env, EXPLAIN_AT: "worker" } as unknown as Env).EXPLAIN_AT).toBe(
      "worker",
    );
    const nowhere = { ...env, EXPLAIN_AT: "moon" } as unknown as Env;
    expect(() => settingsOf(nowhere)).toThrow(/EXPLAIN_AT/);
  });

  it("takes dsp as the separator by default, and no separator that isn't installed", () => {
    const { SEPARATOR: _unset, ...others } = env;
    expect(settingsOf(others as unknown as Env).SEPARATOR).toBe("dsp");
    for (const SEPARATOR of ["spleeter", "stems"]) {
      const wrong = { ...env, SEPARATOR } as unknown as Env;
      expect(() => settingsOf(wrong)).toThrow(`SEPARATOR: must be one of dsp, not "${SEPARATOR}"`);
    }
  });

  it("names every missing or invalid setting, never its value", () => {
    const wrong = { ...env, GPU_WORKER_URL: "ftp://gpu.test", LINK_SECRET: "too short" };
    expect(() => settingsOf(wrong)).toThrow(/GPU_WORKER_URL: .*LINK_SECRET: .*wrangler\.toml/);
    expect(() => settingsOf(wrong)).not.toThrow(/too short/);
  });
});
