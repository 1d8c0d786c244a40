import { describe, expect, it } from "vitest";
import { withRetries } from "./retry.ts";

const never = new AbortController().signal;
const options = { attempts: 3, baseMs: 1, signal: never, isTransient: () => true };

describe("withRetries", () => {
  it("tries until it works", async () => {
    let tries = 0;
    const attempt = async () => {
      if (++tries < 3) throw new Error("not yet");
      return tries;
    };
    await expect(withRetries(attempt, options)).resolves.toBe(3);
  });

  it("throws the last error when the attempts are used up", async () => {
    let tries = 0;
    const attempt = async () => {
      throw new Error(`try ${++tries}`);
    };
    await expect(withRetries(attempt, options)).rejects.toThrow("try 3");
  });

  it("does not try again what will not change", async () => {
    let tries = 0;
    const attempt = async () => {
      throw new Error(`try ${++tries}`);
    };
    await expect(withRetries(attempt, { ...options, isTransient: () => false })).rejects.toThrow(
      "try 1",
    );
  });

  it("does not outlast its signal while it waits", async () => {
    const controller = new AbortController();
    const attempt = async () => {
      setTimeout(() => controller.abort(), 5);
      throw new Error("failed");
    };
    const startedAt = performance.now();
    await expect(
      withRetries(attempt, { ...options, baseMs: 60_000, signal: controller.signal }),
    ).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
