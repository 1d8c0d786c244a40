import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import { randomTable } from "@lemons/shared/enumeration/random-table.fixture";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGraphBuilder } from "../onnx/graph-builder.ts";
import { enumerationModule } from "./node/enumerator.ts";
import { createNodeRuntime } from "./node/node-runtime.ts";
import type { Runtime } from "./runtime.ts";

const OPSET = 17;

/** Every implementation, with a folder for its storage. */
const RUNTIMES: [string, (folder: string) => Runtime][] = [
  ["Node", (cacheFolder) => createNodeRuntime({ provider: "cpu", threads: 2, cacheFolder })],
];

/** Writes sum = a + b and product = a x b, for any length. */
function arithmetic(): Uint8Array {
  const graph = createGraphBuilder(OPSET);
  const inputs = [graph.input("a", ["length"]), graph.input("b", ["length"])];
  graph.output(graph.node("Add", inputs), "sum", ["length"]);
  graph.output(graph.node("Mul", inputs), "product", ["length"]);
  return graph.encode();
}

describe.each(RUNTIMES)("the runtime on %s", (_, create) => {
  let folder = "";
  let runtime: Runtime;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lemons-runtime-"));
    runtime = create(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(["model", "chain", "resampling"] as const)("runs a graph for a %s", async (use) => {
    const session = await runtime.openSession(arithmetic(), use);
    expect(session.inputNames).toEqual(["a", "b"]);
    expect(session.outputNames).toEqual(["sum", "product"]);
    const inputs = {
      a: { data: Float32Array.of(1, 2, 3), dims: [3] },
      b: { data: Float32Array.of(4, 5, 6), dims: [3] },
    };
    const { sum, product } = await session.run(inputs);
    expect(sum).toEqual({ data: Float32Array.of(5, 7, 9), dims: [3] });
    expect(product!.data).toEqual(Float32Array.of(4, 10, 18));
    await session.release();
  });

  it("writes outputs into the given tensors", async () => {
    const session = await runtime.openSession(arithmetic(), "chain");
    // A part of a larger buffer, as a table's rows are.
    const rows = new Float32Array(4);
    const results = {
      sum: { data: rows.subarray(1, 3), dims: [2] },
      product: { data: new Float32Array(2), dims: [2] },
    };
    const a = { data: Float32Array.of(1, 2), dims: [2] };
    await session.run({ a, b: a }, results);
    expect(rows).toEqual(Float32Array.of(0, 2, 4, 0));
    expect(results.product.data).toEqual(Float32Array.of(1, 4));
    await session.release();
  });

  it("rejects bytes that are not a graph", async () => {
    await expect(runtime.openSession(Uint8Array.of(1, 2, 3), "model")).rejects.toThrow(Error);
  });

  it("transforms real samples and back", () => {
    const fft = runtime.createRealFft(16);
    expect(fft).toMatchObject({ size: 16, bins: 9 });
    const wave = Float64Array.from({ length: 16 }, (_, i) => Math.cos((2 * Math.PI * 3 * i) / 16));
    const spectrum = new Float64Array(18);
    fft.forward(wave, spectrum);
    for (let bin = 0; bin < fft.bins; bin++) {
      expect(spectrum[2 * bin]).toBeCloseTo(bin === 3 ? 8 : 0, 12);
      expect(spectrum[2 * bin + 1]).toBeCloseTo(0, 12);
    }
    const signal = new Float64Array(16);
    fft.inverse(spectrum, signal);
    signal.forEach((sample, i) => {
      expect(sample).toBeCloseTo(wave[i]!, 12);
    });
    expect(() => runtime.createRealFft(12)).toThrow(RangeError);
  });

  it("enumerates a table to the bits of a single thread", async () => {
    const shape = { segments: 5, sources: 4, span: 2, channels: 3, positive: 2, silent: [] };
    const table = randomTable({ ...shape, seed: 4 });
    const enumerator = runtime.startEnumerator();
    expect(await enumerator.enumerate(table)).toEqual(enumerate(enumerationModule(), table));
    await enumerator.close();
  });

  it("lets messages through while it yields", async () => {
    let isReceived = false;
    setTimeout(() => {
      isReceived = true;
    }, 0);
    const start = performance.now();
    while (!isReceived && performance.now() - start < 5000) await runtime.yieldToEvents();
    expect(isReceived).toBe(true);
  });

  it("stores files, and removes old ones that match", async () => {
    const storage = runtime.storage!;
    expect(await storage.read("a.bin", 100)).toBeNull();
    const before = Date.now() - 60_000;
    expect(await storage.write("a.bin", Uint8Array.of(1, 2, 3))).toBe(true);
    expect(await storage.write("a.bin", Uint8Array.of(4, 5))).toBe(true);
    expect(await storage.write("notes", Uint8Array.of(6))).toBe(true);
    const stored = (await storage.read("a.bin", 100))!;
    expect([...stored.bytes]).toEqual([4, 5]);
    expect(stored.writtenAt).toBeGreaterThan(before);
    expect(await storage.read("a.bin", 1)).toBeNull();
    const isTable = (name: string) => name.endsWith(".bin");
    await storage.removeOld(before, isTable);
    expect(await storage.read("a.bin", 100)).not.toBeNull();
    await storage.removeOld(Date.now() + 60_000, isTable);
    expect(await storage.read("a.bin", 100)).toBeNull();
    expect(await storage.read("notes", 100)).not.toBeNull();
  });
});
