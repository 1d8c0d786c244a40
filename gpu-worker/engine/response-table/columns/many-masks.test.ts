import { segmentBounds } from "@lemons/shared/explanation/components";
import { describe, expect, it } from "vitest";
import { createNodeRuntime } from "../../runtime/node/node-runtime.ts";
import { compareWithDense, someGates } from "../compare-with-dense.ts";
import { noise, smallFrontEnd } from "../noise.fixture.ts";
import { averaged, fcn, strided, testModel } from "./networks.fixture.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 2 });

const MASKS = 200;
const BANDS = 12;
const frontEnd = smallFrontEnd(BANDS);

/**
 * Compares 200 masks of each model and length, all on and all off included. `npm run bench -- accuracy`
 * does the same with the whole models on 30 s.
 */
describe.each([
  ["three narrow blocks", fcn([4, 6, 5])],
  ["two wider blocks", fcn([24, 16])],
  ["four blocks", fcn([3, 8, 8, 6])],
  ["stride-2 convolutions without pooling", strided([5, 8, 6])],
  ["average pooling", averaged],
])("%s", (_name, build) => {
  it.each([
    [32 * 300, 5, 2],
    [9781, 5, 2],
    [4003, 3, 3],
    [2111, 1, 5],
  ])("200 masks of %i samples in %i segments x %i sources", async (samples, segments, sources) => {
    const model = testModel({ bands: BANDS, seed: 23 }, build);
    const question = {
      frontEnd,
      sources: noise(samples, sources, 5),
      segments: segmentBounds(samples, segments),
    };
    const gates = someGates(MASKS, segments * sources, 1);
    const { float64, float32, spread } = await compareWithDense(model, question, gates, runtime);
    expect(float64).toBeLessThan(1e-4);
    expect(float32).toBeLessThan(1e-3);
    expect(spread).toBeGreaterThan(0.01);
  });
});
