import { describe, expect, it } from "vitest";
import { createSessionCache, type ModelSession } from "./model-session.ts";

/** Creates sessions that log their loading and release. */
function sessionLog() {
  const log: string[] = [];
  const create = (key: string) => async (): Promise<ModelSession> => {
    log.push(`load ${key}`);
    return {
      run: async () => Float32Array.of(1),
      release: async () => {
        log.push(`release ${key}`);
      },
    };
  };
  return { log, create };
}

const nothing = async () => undefined;

describe("createSessionCache", () => {
  it("loads a cached model once", async () => {
    const { log, create } = sessionLog();
    const cache = createSessionCache(2);
    await cache.use("a", create("a"), nothing);
    await cache.use("b", create("b"), nothing);
    await cache.use("a", create("a"), nothing);
    expect(log).toEqual(["load a", "load b"]);
  });

  it("releases the least recently used model", async () => {
    const { log, create } = sessionLog();
    const cache = createSessionCache(2);
    for (const key of ["a", "b", "a", "c"]) await cache.use(key, create(key), nothing);
    expect(log).toEqual(["load a", "load b", "load c", "release b"]);
    await cache.use("b", create("b"), nothing);
    expect(log.slice(4)).toEqual(["load b", "release a"]);
  });

  it("releases a model in use only after its work has ended", async () => {
    const { log, create } = sessionLog();
    const cache = createSessionCache(1);
    const gate = Promise.withResolvers<void>();
    const running = cache.use("a", create("a"), () => gate.promise);
    await cache.use("b", create("b"), nothing);
    expect(log).not.toContain("release a");
    gate.resolve();
    await running;
    expect(log).toContain("release a");
  });

  it("loads a model again after a failure", async () => {
    const { log, create } = sessionLog();
    const cache = createSessionCache(1);
    const fail = () => Promise.reject(new Error("no such operator"));
    await expect(cache.use("a", fail, nothing)).rejects.toThrow("no such operator");
    await cache.use("a", create("a"), nothing);
    await cache.dispose();
    expect(log).toEqual(["load a", "release a"]);
  });

  it("disposes of everything after running work has ended", async () => {
    const { log, create } = sessionLog();
    const cache = createSessionCache(2);
    const gate = Promise.withResolvers<void>();
    const running = cache.use("a", create("a"), () => gate.promise);
    await cache.use("b", create("b"), nothing);
    let disposed = false;
    const disposing = cache.dispose().then(() => {
      disposed = true;
    });
    await cache.use("c", create("c"), nothing);
    expect(disposed).toBe(false);
    gate.resolve();
    await Promise.all([running, disposing]);
    expect(log.filter((line) => line.startsWith("release"))).toEqual(["release b", "release a"]);
  });
});
