import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { MessageError } from "../texts/translate.ts";
import type { GatedLayer, LayerSet } from "./layers.ts";
import {
  createSoundLoader,
  type LayerSources,
  type LoadState,
  STEMS_PATIENCE_MS,
} from "./sound-loader.ts";

const RATE = 44_100;
const layer = (source: string | null): GatedLayer => ({
  buffer: {} as AudioBuffer,
  startSeconds: 0,
  source,
  isOpen: () => true,
});
const stems: LayerSet = { kind: "stems", layers: [layer("vocals"), layer("drums")] };
const mix: LayerSet = { kind: "mix", layers: [layer(null)] };
const refused = (status: number) => new MessageError("problem.status", { status });

let scope: DisposalScope;
function loaderWith(overrides: Partial<LayerSources> = {}) {
  let state: LoadState = {
    phase: "idle",
    problem: null,
    stems: { state: "idle" },
    layers: null,
  };
  const loader = createSoundLoader(
    {
      loadStems: async () => stems,
      loadMix: async () => mix,
      loadHighlights: async () => [],
      ...overrides,
    },
    scope,
    () => state,
    (part) => {
      state = { ...state, ...part };
    },
  );
  return { loader, get: () => state };
}

beforeEach(() => {
  vi.useFakeTimers();
  scope = createDisposalScope();
});
afterEach(() => {
  scope.dispose();
  vi.useRealTimers();
});

describe("createSoundLoader", () => {
  it("loads the sources only, if there are any", async () => {
    const loadMix = vi.fn(async () => mix);
    const { loader, get } = loaderWith({ loadMix });
    expect(await loader.ensure(RATE)).toBe(stems);
    expect(get()).toMatchObject({ phase: "ready", problem: null, stems: { state: "ready" } });
    expect(loadMix).not.toHaveBeenCalled();
  });

  it("falls back to the mix with the reason, and retries the sources", async () => {
    const loadStems = vi
      .fn<LayerSources["loadStems"]>()
      .mockRejectedValueOnce(refused(502))
      .mockResolvedValue(stems);
    const { loader, get } = loaderWith({ loadStems });
    expect((await loader.ensure(RATE))?.kind).toBe("mix");
    expect(get()).toMatchObject({
      phase: "ready",
      problem: null,
      stems: { state: "failed", problem: { key: "problem.status", values: { status: 502 } } },
    });
    const retried = loader.retryStems(RATE);
    expect(get()).toMatchObject({ stems: { state: "loading" }, layers: mix });
    await retried;
    expect(get()).toMatchObject({ stems: { state: "ready" }, layers: stems });
    await loader.retryStems(RATE);
    expect(loadStems).toHaveBeenCalledTimes(2);
  });

  it("retries sources that were missing", async () => {
    const loadStems = vi
      .fn<LayerSources["loadStems"]>()
      .mockResolvedValueOnce(null)
      .mockResolvedValue(stems);
    const { loader, get } = loaderWith({ loadStems });
    await loader.ensure(RATE);
    expect(get()).toMatchObject({ stems: { state: "none" }, layers: { kind: "mix" } });
    await loader.retryStems(RATE);
    expect(get()).toMatchObject({ stems: { state: "ready" }, layers: stems });
  });

  it("plays the mix after 4 s and switches to the sources later", async () => {
    const { promise, resolve } = Promise.withResolvers<LayerSet>();
    const { loader, get } = loaderWith({ loadStems: () => promise });
    const ensured = loader.ensure(RATE);
    await vi.advanceTimersByTimeAsync(STEMS_PATIENCE_MS - 1);
    expect(get().layers).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(await ensured).toBe(mix);
    expect(get().stems).toEqual({ state: "loading" });
    const settled = loader.settle(RATE);
    resolve(stems);
    expect(await settled).toBe(stems);
    expect(get()).toMatchObject({ stems: { state: "ready" }, layers: stems });
  });

  it("keeps sources that load before the mix", async () => {
    const late = Promise.withResolvers<LayerSet>();
    const slowMix = Promise.withResolvers<LayerSet>();
    const { loader, get } = loaderWith({
      loadStems: () => late.promise,
      loadMix: () => slowMix.promise,
    });
    const ensured = loader.ensure(RATE);
    await vi.advanceTimersByTimeAsync(STEMS_PATIENCE_MS);
    late.resolve(stems);
    await vi.advanceTimersByTimeAsync(0);
    slowMix.resolve(mix);
    expect(await ensured).toBe(stems);
    expect(get().layers).toBe(stems);
  });

  it("adds highlights to the mix only", async () => {
    const highlight = layer(null);
    const loadHighlights = vi.fn(async () => [highlight]);
    const { loader, get } = loaderWith({ loadStems: async () => null, loadHighlights });
    await loader.ensure(RATE);
    await vi.advanceTimersByTimeAsync(0);
    expect(get()).toMatchObject({ stems: { state: "none" }, layers: { kind: "mix" } });
    expect(get().layers?.layers).toContain(highlight);
    const other = loaderWith({ loadHighlights });
    await other.loader.ensure(RATE);
    expect(loadHighlights).toHaveBeenCalledTimes(1);
  });

  it("reports failed highlights unless the sources failed too", async () => {
    const loadHighlights = () => Promise.reject(refused(502));
    const without = loaderWith({ loadStems: async () => null, loadHighlights });
    await without.loader.ensure(RATE);
    await vi.advanceTimersByTimeAsync(0);
    expect(without.get()).toMatchObject({ phase: "ready", problem: { key: "problem.status" } });
    const failing = loaderWith({ loadStems: () => Promise.reject(refused(502)), loadHighlights });
    await failing.loader.ensure(RATE);
    await vi.advanceTimersByTimeAsync(0);
    expect(failing.get()).toMatchObject({ phase: "ready", problem: null });
  });

  it("fails if nothing loads, and retries everything", async () => {
    let isDown = true;
    const answer = async (set: LayerSet) => {
      if (isDown) throw new MessageError("problem.network");
      return set;
    };
    const { loader, get } = loaderWith({
      loadStems: () => answer(stems),
      loadMix: () => answer(mix),
    });
    expect(await loader.ensure(RATE)).toBeNull();
    expect(get()).toMatchObject({ phase: "error", problem: { key: "problem.network" } });
    isDown = false;
    expect(await loader.ensure(RATE)).toBe(stems);
    expect(get()).toMatchObject({ phase: "ready", problem: null });
  });

  it("changes nothing after its scope has ended", async () => {
    const { promise, resolve } = Promise.withResolvers<LayerSet>();
    const { loader, get } = loaderWith({ loadStems: () => promise });
    void loader.ensure(RATE);
    scope.dispose();
    resolve(stems);
    await vi.advanceTimersByTimeAsync(STEMS_PATIENCE_MS);
    expect(get().layers).toBeNull();
  });
});
