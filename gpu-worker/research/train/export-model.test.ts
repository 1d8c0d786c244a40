import { Architecture } from "@lemons/shared/contract/model";
import { describe, expect, it } from "vitest";
import { openModelSession } from "../../engine/model/model-session.ts";
import { splitEncoder } from "../../engine/model/split-encoder.ts";
import { readOnnx } from "../../engine/onnx/read-onnx.ts";
import { sha256 } from "../../engine/onnx/small-model.fixture.ts";
import { analyseEncoder } from "../../engine/response-table/columns/analyse.ts";
import { createNodeRuntime } from "../../engine/runtime/node/node-runtime.ts";
import { exportEncoder, exportModel } from "./export-model.ts";
import { initialState } from "./train-state.ts";

const architecture = Architecture.parse({ bands: 32, channels: [4, 6, 4], heads: 3 });
const state = initialState(architecture, 5);
const signature = { input: "logmel", output: "logit", bands: 32 };

async function run(onnx: Uint8Array, items: number, frames: number) {
  const data = Float32Array.from({ length: items * 32 * frames }, (_, i) => 20 * Math.sin(i) - 50);
  const session = await openModelSession(onnx, createNodeRuntime({ provider: "cpu", threads: 1 }));
  try {
    return await session.run({ data, items, bands: 32, frames });
  } finally {
    await session.release();
  }
}

describe("exportModel", () => {
  it("exports models for any batch and time, all with the shared encoder", async () => {
    const encoder = exportEncoder(state, architecture);
    for (const head of [0, 1, 2]) {
      const onnx = exportModel(state, architecture, head);
      const split = splitEncoder(readOnnx(onnx, signature))!;
      expect(sha256(split.encoder.onnx)).toBe(sha256(encoder));
      expect(split.head.weights).toEqual(
        state.get("fc.weight")!.data.subarray(head * 8, (head + 1) * 8),
      );
      for (const [items, frames] of [
        [1, 63],
        [3, 20],
      ] as const) {
        const logits = await run(onnx, items, frames);
        const features = await run(encoder, items, frames);
        for (let item = 0; item < items; item++) {
          const product = split.head.weights.reduce(
            (sum, weight, i) => sum + weight * features[8 * item + i]!,
            split.head.bias,
          );
          expect(logits[item]).toBeCloseTo(product, 5);
        }
      }
    }
  });

  it("exports a network that the exact engine can analyse", () => {
    const usual = Architecture.parse({});
    const encoder = exportEncoder(initialState(usual, 1), usual);
    expect(analyseEncoder(encoder, 256)).toMatchObject({ applies: true });
  });

  it("refuses a head out of range, and the state of another architecture", () => {
    expect(() => exportModel(state, architecture, 3)).toThrow(
      "head 3 is out of range; the network has 3",
    );
    expect(() => exportModel(state, { ...architecture, heads: 4 }, 0)).toThrow(
      '"fc.weight" is [3, 8]; this network needs [4, 8]',
    );
  });
});
