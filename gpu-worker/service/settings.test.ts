import { describe, expect, it } from "vitest";
import { defaultMaxMemoryBytes } from "./memory-guard.ts";
import { isLoopback, readServiceSettings } from "./settings.ts";

const GOOD = {
  LEMONS_WORKER_SECRET: "0123456789abcdef0123456789abcdef",
  LEMONS_ALLOWED_ORIGINS: "https://objects.example, http://127.0.0.1:8787",
};

describe("readServiceSettings", () => {
  it("has a default for everything but the secret and the origins", () => {
    expect(readServiceSettings({ ...GOOD, LEMONS_THREADS: "4" })).toEqual({
      host: "127.0.0.1",
      port: 8788,
      secret: GOOD.LEMONS_WORKER_SECRET,
      allowedOrigins: new Set(["https://objects.example", "http://127.0.0.1:8787"]),
      provider: "cpu",
      threads: 4,
      cacheFolder: null,
      cacheSeconds: 3600,
      maxWaiting: 8,
      graceSeconds: 25,
      maxMemoryBytes: defaultMaxMemoryBytes(),
    });
  });

  it("reads the memory limit in MiB", () => {
    expect(readServiceSettings({ ...GOOD, LEMONS_MAX_MEMORY_MB: "512" }).maxMemoryBytes).toBe(
      512 * 1024 * 1024,
    );
  });

  it("prefers LEMONS_PORT to PORT, and takes an empty variable for unset", () => {
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
    [{ LEMONS_ALLOWED_ORIGINS: "https://objects.example/path" }, /remove path/],
    [{ LEMONS_ALLOWED_ORIGINS: "https://a.example,," }, /not an origin/],
    [{ PORT: "80a" }, /^PORT must be a whole number from 0 to 65535/],
    [{ LEMONS_PORT: "70000" }, /^LEMONS_PORT must be/],
    [{ LEMONS_PROVIDER: "gpu" }, /^LEMONS_PROVIDER must be "cpu" or "cuda"/],
    [{ LEMONS_THREADS: "0" }, /^LEMONS_THREADS must be a whole number from 1 to 256/],
    [{ LEMONS_MAX_WAITING: "-1" }, /^LEMONS_MAX_WAITING must be/],
  ])("names in one line the variable that is wrong: %o", (wrong, message) => {
    expect(() => readServiceSettings({ ...GOOD, ...wrong })).toThrow(message);
    expect(() => readServiceSettings({ ...GOOD, ...wrong })).toThrow(/^[^\n]*$/);
  });
});

describe("isLoopback", () => {
  it.each(["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])("accepts %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(["127.0.0.1.example", "localhost.example", "10.0.0.1", "0.0.0.0"])(
    "rejects %s",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
