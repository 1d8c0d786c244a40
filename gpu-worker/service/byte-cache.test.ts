import { describe, expect, it } from "vitest";
import { createByteCache } from "./byte-cache.ts";

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
});
