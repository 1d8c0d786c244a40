import { describe, expect, it, vi } from "vitest";
import { createStore } from "./store.ts";

describe("createStore", () => {
  it("calls subscribers on changes only", () => {
    const store = createStore("idle");
    const callback = vi.fn();
    store.subscribe(callback);
    store.set("idle");
    store.set("ready");
    expect(callback.mock.calls).toEqual([["ready"]]);
    expect(store.get()).toBe("ready");
  });

  it("lets a subscriber unsubscribe during a call", () => {
    const store = createStore(0);
    const seen: number[] = [];
    const leave = store.subscribe((value) => {
      seen.push(value);
      leave();
    });
    store.subscribe((value) => seen.push(value * 10));
    store.set(1);
    store.set(2);
    expect(seen).toEqual([1, 10, 20]);
  });
});
