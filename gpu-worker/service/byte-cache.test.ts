import { afterEach, describe, expect, it, vi } from "vitest";
import { createByteCache } from "./byte-cache.ts";

afterEach(() => vi.useRealTimers());

describe("createByteCache", () => {
  it("drops what was unused for longest when room is needed", () => {
    const cache = createByteCache(10);
    for (const name of ["a", "b", "c"]) cache.set(name, new Uint8Array(3));
    cache.get("a");
    cache.set("d", new Uint8Array(3));
    expect(["a", "b", "c", "d"].map((name) => cache.get(name)?.length)).toEqual([
      3,
      undefined,
      3,
      3,
    ]);
  });

  it("does not give all of its room to one object", () => {
    const cache = createByteCache(10);
    cache.set("small", new Uint8Array(2));
    cache.set("large", new Uint8Array(6));
    expect(cache.get("large")).toBeUndefined();
    expect(cache.get("small")).toHaveLength(2);
  });

  it("counts an object once however often it is set", () => {
    const cache = createByteCache(10);
    for (let time = 0; time < 5; time++) cache.set("a", new Uint8Array(4));
    cache.set("b", new Uint8Array(4));
    expect(cache.get("a")).toHaveLength(4);
  });

  it("forgets what was set longer ago than its lifetime, used or not, and has room again", () => {
    vi.useFakeTimers();
    const cache = createByteCache(10, 60_000);
    cache.set("a", new Uint8Array(5));
    vi.advanceTimersByTime(40_000);
    cache.set("b", new Uint8Array(5));
    expect(cache.get("a")).toHaveLength(5);
    vi.advanceTimersByTime(27_000);
    expect(cache.get("a")).toBeUndefined();
    cache.set("c", new Uint8Array(5));
    expect([cache.get("b"), cache.get("c")].map((bytes) => bytes?.length)).toEqual([5, 5]);
  });
});
