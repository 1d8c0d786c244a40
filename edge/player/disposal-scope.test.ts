import { describe, expect, it, vi } from "vitest";
import { createDisposalScope } from "./disposal-scope.ts";

describe("createDisposalScope", () => {
  it("disposes what it owns once, newest first", () => {
    const order: string[] = [];
    const scope = createDisposalScope();
    scope.add(() => order.push("first"));
    scope.add(() => order.push("second"));
    scope.dispose();
    scope.dispose();
    expect(order).toEqual(["second", "first"]);
    expect(scope.signal.aborted).toBe(true);
  });

  it("disposes at once what is added after its end", () => {
    const scope = createDisposalScope();
    scope.dispose();
    const dispose = vi.fn();
    scope.add(dispose);
    expect(dispose).toHaveBeenCalledOnce();
  });

  it("removes its listeners", () => {
    const target = new EventTarget();
    const listener = vi.fn();
    const scope = createDisposalScope();
    scope.listen(target, "play", listener);
    target.dispatchEvent(new Event("play"));
    scope.dispose();
    target.dispatchEvent(new Event("play"));
    expect(listener).toHaveBeenCalledOnce();
  });

  it("cancels its timers", () => {
    vi.useFakeTimers();
    try {
      const callback = vi.fn();
      const scope = createDisposalScope();
      scope.timeout(callback, 100);
      const cancel = scope.timeout(callback, 50);
      cancel();
      vi.advanceTimersByTime(60);
      scope.dispose();
      vi.advanceTimersByTime(100);
      expect(callback).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });
});
