import { readFile } from "node:fs/promises";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { describe, expect, it } from "vitest";
import { readModelPackage } from "../../model/node/read-model-package.ts";
import { createNodeRuntime } from "../../runtime/node/node-runtime.ts";
import { compareWithDense, someGates } from "../compare-with-dense.ts";
import { columnEngine } from "./column-engine.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 2 });

/** 400 forward passes, on a busy machine too. */
const FORWARDS_MS = 240_000;

const root = new URL("../../../../", import.meta.url);

/** Reads samples of the golden clip's stems, which are float32 wave files. */
async function stems(names: readonly string[], start: number, samples: number) {
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(new URL(`infra/golden/fixture/stems/${name}.wav`, root));
      const data = bytes.indexOf("data", 12, "latin1") + 8;
      return Float32Array.from({ length: samples }, (_, i) =>
        bytes.readFloatLE(data + 4 * (start + i)),
      );
    }),
  );
}

describe.each(["infra/golden/fixture/fcn.onnx", "demo/models/classic-bram"])(
  "the model %s",
  (path) => {
    it.each([
      [4.3, 2, ["drums", "other"], 7],
      [7.1, 5, ["vocals", "other"], 200],
    ] as const)(
      "equals forward passes, %d s in %d segments",
      async (seconds, segments, names, masks) => {
        const model = await readModelPackage(new URL(path, root).pathname);
        const samples = Math.round(seconds * 16_000) + 77;
        const question = {
          frontEnd: model.manifest.frontEnd,
          sources: await stems(names, 100_000, samples),
          segments: segmentBounds(samples, segments),
        };
        const verdict = columnEngine.analyse(model);
        if (!verdict.applies) throw new Error(verdict.reason);
        const tested = { onnx: model.onnx!, head: model.head!, prepare: verdict.prepare };
        const gates = someGates(masks, segments * 2, 3);
        const { float64, float32, spread } = await compareWithDense(
          tested,
          question,
          gates,
          runtime,
        );
        expect(float64).toBeLessThan(1e-4);
        expect(float32).toBeLessThan(1e-3);
        expect(spread).toBeGreaterThan(0.1);
      },
      FORWARDS_MS,
    );
  },
);
