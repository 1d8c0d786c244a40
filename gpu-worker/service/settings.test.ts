import { describe, expect, it } from "vitest";
import { isLoopback, readComputeSettings, readServiceSettings } from "./settings.ts";

const GOOD = {
  LEMONS_WORKER_SECRET: "0123456789abcdef0123456789abcdef",
  LEMONS_ALLOWED_ORIGINS: "https://objects.example, http://127.0.0.1:8787",
};

describe("readServiceSettings", () => {
  it("has a default for everything but the secret and the origins", () => {
    expect(readServiceSettings(GOOD)).toEqual({
      host: "127.0.0.1",
      port: 8788,
      secret: GOOD.LEMONS_WORKER_SECRET,
      allowedOrigins: new Set(["https://objects.example", "http://127.0.0.1:8787"]),
      provider: "cpu",
      threads: null,
      cacheFolder: null,
      cacheSeconds: 3600,
      maxWaiting: 8,
      graceSeconds: 25,
    });
  });

  it("prefers LEMONS_PORT to PORT, and takes an empty variable as not set", () => {
    expect(readServiceSettings({ ...GOOD, PORT: "8080", LEMONS_THREADS: "" }).port).toBe(8080);
    expect(readServiceSettings({ ...GOOD, PORT: "8080", LEMONS_PORT: "0" }).port).toBe(0);
  });

  it.each([
    [{ LEMONS_WORKER_SECRET: undefined }, /^LEMONS_WORKER_SECRET is missing/],
    [{ LEMONS_WORKER_SECRET: "short" }, /^LEMONS_WORKER_SECRET must have at least 32/],
    [{ LEMONS_WORKER_SECRET: "ü".repeat(40) }, /^LEMONS_WORKER_SECRET may contain only/],
    [{ LEMONS_ALLOWED_ORIGINS: undefined }, /^LEMONS_ALLOWED_ORIGINS is missing/],
    [{ LEMONS_ALLOWED_ORIGINS: "objects.example" }, /not an origin/],
    [{ LEMONS_ALLOWED_ORIGINS: "http://objects.example" }, /use https/],
    [{ LEMONS_ALLOWED_ORIGINS: "https://objects.example/path" }, /no path/],
    [{ LEMONS_ALLOWED_ORIGINS: "https://a.example,," }, /not an origin/],
    [{ PORT: "80a" }, /^PORT must be a whole number from 0 to 65535/],
    [{ LEMONS_PORT: "70000" }, /^LEMONS_PORT must be/],
    [{ LEMONS_PROVIDER: "gpu" }, /^LEMONS_PROVIDER must be "cpu" or "cuda"/],
    [{ LEMONS_THREADS: "0" }, /^LEMONS_THREADS must be a whole number from 1 to 256/],
    [{ LEMONS_MAX_WAITING: "-1" }, /^LEMONS_MAX_WAITING must be/],
  ])("says in one line what is wrong with %o", (wrong, message) => {
    expect(() => readServiceSettings({ ...GOOD, ...wrong })).toThrow(message);
    expect(() => readServiceSettings({ ...GOOD, ...wrong })).toThrow(/^[^\n]*$/);
  });
});

describe("readComputeSettings", () => {
  it("needs no secret", () => {
    expect(readComputeSettings({})).toEqual({ provider: "cpu", threads: null, cacheFolder: null });
    expect(readComputeSettings({ LEMONS_CACHE: "tables" }).cacheFolder).toBe("tables");
    expect(readComputeSettings({ LEMONS_THREADS: "3" }).threads).toBe(3);
    expect(() => readComputeSettings({ LEMONS_PROVIDER: "tpu" })).toThrow(/^LEMONS_PROVIDER/);
  });
});

describe("isLoopback", () => {
  it.each(["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])("knows %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(["127.0.0.1.example", "localhost.example", "10.0.0.1", "0.0.0.0"])(
    "does not take %s for it",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
