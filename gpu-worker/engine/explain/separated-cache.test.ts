import { describe, expect, it, vi } from "vitest";
import type { SeparatedSources } from "../separate/separator.ts";
import { createSeparatedCache } from "./separated-cache.ts";

function sources(samples: number): SeparatedSources {
  const stem = { sampleRate: 8000, channels: [new Float32Array(samples)] };
  return { sources: ["mix"], stems: [stem], separator: "dsp", version: "1", residual: 0 };
}

/** Records the keys that are separated. */
function counting(cache: ReturnType<typeof createSeparatedCache>, samples = 10) {
  const separated: string[] = [];
  const ask = (key: string) =>
    cache.get(key, async () => {
      separated.push(key);
      return sources(samples);
    });
  return { separated, ask };
}

describe("createSeparatedCache", () => {
  it("separates a track once", async () => {
    const { separated, ask } = counting(createSeparatedCache());
    expect(await ask("a")).toBe(await ask("a"));
    expect(separated).toEqual(["a"]);
  });

  it("shares a running separation", async () => {
    const { separated, ask } = counting(createSeparatedCache());
    const [first, second] = await Promise.all([ask("a"), ask("a")]);
    expect(first).toBe(second);
    expect(separated).toEqual(["a"]);
  });

  it("drops the least recently used track", async () => {
    const { separated, ask } = counting(createSeparatedCache({ tracks: 2 }));
    for (const key of ["a", "b", "a", "c", "a", "b"]) await ask(key);
    expect(separated).toEqual(["a", "b", "c", "b"]);
  });

  it("keeps no more bytes than the limit", async () => {
    const cache = createSeparatedCache({ tracks: 10, bytes: 100 });
    const { separated, ask } = counting(cache);
    for (const key of ["a", "b", "c", "c", "b", "a"]) await ask(key);
    expect(separated).toEqual(["a", "b", "c", "a"]);
    const large = counting(cache, 26);
    await large.ask("large");
    await large.ask("large");
    expect(large.separated).toEqual(["large", "large"]);
    await ask("a");
    expect(separated).toHaveLength(4);
  });

  it("does not keep a failure", async () => {
    const cache = createSeparatedCache();
    await expect(cache.get("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const { separated, ask } = counting(cache);
    await ask("a");
    expect(separated).toEqual(["a"]);
  });

  it("drops a track after its lifetime, even if it is used", async () => {
    vi.useFakeTimers();
    try {
      const { separated, ask } = counting(createSeparatedCache({ lifetimeMs: 60_000 }));
      await ask("a");
      vi.advanceTimersByTime(50_000);
      await ask("a");
      expect(separated).toEqual(["a"]);
      vi.advanceTimersByTime(17_000);
      await ask("a");
      expect(separated).toEqual(["a", "a"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
