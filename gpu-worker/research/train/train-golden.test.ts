import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { Architecture } from "@lemons/shared/contract/model";
import { beforeAll, describe, expect, it } from "vitest";
import { openModelSession } from "../../engine/model/model-session.ts";
import { cpuRuntime } from "../../engine/runtime/node/cpu-runtime.fixture.ts";
import { createNodeRuntime } from "../../engine/runtime/node/node-runtime.ts";
import { createLogMel } from "../../engine/spectrogram/log-mel.ts";
import { exportModel } from "./export-model.ts";
import { goldenSteps, type Recorded } from "./fixtures/golden-steps.ts";
import { parameterShapes } from "./parameters.ts";
import { initialState, type TrainState } from "./train-state.ts";
import { createTrainStep } from "./train-step.ts";

const golden = goldenSteps();
const architecture = Architecture.parse({ dropout: 0 });
const shapes = parameterShapes(architecture);
const weights = shapes.filter(({ kind }) => kind === "weight");
const FRAMES = 63;

/** Their gradient should be zero. In PyTorch's float32 it is noise, which Adam amplifies. */
const isConvolutionBias = (name: string) => name.endsWith("conv.bias");

const losses: number[] = [];
const states: TrainState[] = [];

beforeAll(async () => {
  const start = new Map(initialState(architecture, 0));
  for (const { name, dims } of shapes) start.set(name, { dims, data: golden.initial(name) });
  states.push(start);
  const step = await createTrainStep({
    architecture,
    batchSize: 4,
    frames: FRAMES,
    learningRate: golden.learningRate,
    weightDecay: golden.weightDecay,
    provider: "cpu",
    threads: 2,
    state: start,
    seed: 0,
  });
  for (let i = 0; i < 3; i++) {
    losses.push((await step.run({ logMel: golden.logMel, labels: golden.labels })).loss);
    states.push(step.state());
  }
  await step.dispose();
});

/** Returns the largest error of an element or of the norm, relative to the largest element. */
function distance(found: Float32Array, { norm, elements }: Recorded, least: number): number {
  const largest = elements.reduce((max, [, value]) => Math.max(max, Math.abs(value)), least);
  const furthest = elements.reduce(
    (max, [i, value]) => Math.max(max, Math.abs(found[i]! - value)),
    0,
  );
  const foundNorm = Math.sqrt(found.reduce((sum, value) => sum + value * value, 0));
  return Math.max(furthest / largest, Math.abs(foundNorm - norm) / Math.max(norm, least));
}

/** Recovers the first gradient: Adam's first moment after one step is a tenth of it, plus L2. */
function firstGradient(name: string): Float32Array {
  const before = states[0]!.get(name)!.data;
  const moment = states[1]!.get(`adam.first.${name}`)!.data;
  return moment.map((value, i) => 10 * value - golden.weightDecay * before[i]!);
}

describe("a crop of one second", () => {
  it("has 63 frames, and the spectrogram that PyTorch trained on", () => {
    const spectrogram = createLogMel(DEFAULT_FRONT_END, cpuRuntime);
    const size = architecture.bands * FRAMES;
    const distances: number[] = [];
    for (let item = 0; item < 4; item++) {
      const { data, bands, frames } = spectrogram(
        golden.audio.subarray(16_000 * item, 16_000 * (item + 1)),
      );
      expect({ bands, frames }).toEqual({ bands: architecture.bands, frames: FRAMES });
      data.forEach((level, i) => {
        distances.push(Math.abs(level - golden.logMel[size * item + i]!));
      });
    }
    distances.sort((a, b) => a - b);
    // PyTorch's float32 differs in bands near silence.
    expect(distances[Math.floor(0.99 * distances.length)]).toBeLessThan(0.01);
    expect(distances.at(-1)).toBeLessThan(2);
  });
});

describe("three training steps", () => {
  it.each(["f32", "f64"] as const)("have PyTorch's losses (%s)", (precision) => {
    const expected = golden.losses(precision);
    expect(losses).toHaveLength(expected.length);
    losses.forEach((loss, i) => {
      expect(Math.abs(loss - expected[i]!)).toBeLessThan(1e-4);
    });
  });

  it.each(weights.map(({ name }) => name))(
    "have PyTorch's first gradient with respect to %s",
    (name) => {
      const found = firstGradient(name);
      if (!isConvolutionBias(name)) {
        expect(distance(found, golden.recorded("f32", 1, name, true), 0.1)).toBeLessThan(1e-4);
      }
      expect(distance(found, golden.recorded("f64", 1, name, true), 0.1)).toBeLessThan(1e-4);
    },
  );

  it.each(shapes.map(({ name }) => name))("have PyTorch's %s after every step", (name) => {
    for (const step of [1, 2, 3]) {
      const found = states[step]!.get(name)!.data;
      expect(distance(found, golden.recorded("f64", step, name), 1e-3)).toBeLessThan(2e-4);
      // The running mean includes the convolution's bias.
      if (isConvolutionBias(name) || name.endsWith("bn.running_mean")) continue;
      // Adam divides small gradients by themselves, which amplifies PyTorch's rounding.
      expect(distance(found, golden.recorded("f32", step, name), 1e-3)).toBeLessThan(0.02);
    }
  });

  it("give PyTorch's logits in the exported model", async () => {
    const model = exportModel(states[3]!, architecture, 0);
    const session = await openModelSession(
      model,
      createNodeRuntime({ provider: "cpu", threads: 1 }),
    );
    const batch = { data: golden.logMel, items: 4, bands: architecture.bands, frames: FRAMES };
    const logits = await session.run(batch);
    await session.release();
    golden.logitsAfterwards("f64").forEach((logit, i) => {
      expect(Math.abs(logits[i]! - logit)).toBeLessThan(1e-3);
    });
  });
});
