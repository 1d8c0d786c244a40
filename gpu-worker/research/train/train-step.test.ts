import { Architecture } from "@lemons/shared/contract/model";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { describe, expect, it } from "vitest";
import { readFloatTensors, writeSafetensors } from "../../engine/model/safetensors.ts";
import { initialState, type TrainState } from "./train-state.ts";
import {
  createTrainStep,
  drawDropoutMask,
  type TrainBatch,
  type TrainStepOptions,
} from "./train-step.ts";

const architecture = Architecture.parse({ bands: 16, channels: [4, 6, 4], heads: 2 });
const BATCH = 5;
const FRAMES = 11;

const options: TrainStepOptions = {
  architecture,
  batchSize: BATCH,
  frames: FRAMES,
  learningRate: 1e-3,
  weightDecay: 1e-4,
  provider: "cpu",
  threads: 1,
  state: initialState(architecture, 3),
  seed: 9,
};

/** Batches for two listeners: one likes bright sounds, the other dark ones. */
function batches(count: number, seed = 4): TrainBatch[] {
  const random = createMt19937(seed);
  return Array.from({ length: count }, () => {
    const labels = new Float32Array(BATCH * 2);
    const logMel = new Float32Array(BATCH * 16 * FRAMES);
    for (let item = 0; item < BATCH; item++) {
      const bright = random.nextUint32() % 2;
      labels.set([bright, 1 - bright], 2 * item);
      for (let i = 0; i < 16 * FRAMES; i++) {
        const high = i >= 8 * FRAMES === (bright === 1);
        logMel[item * 16 * FRAMES + i] = (high ? -20 : -60) + random.nextUint32() / 2 ** 28;
      }
    }
    return { logMel, labels };
  });
}

/** Trains on the batches and returns their losses and the final state. */
async function train(changes: Partial<TrainStepOptions>, batchList: TrainBatch[]) {
  const step = await createTrainStep({ ...options, ...changes });
  try {
    const losses: number[] = [];
    for (const batch of batchList) losses.push((await step.run(batch)).loss);
    return { losses, state: step.state() };
  } finally {
    await step.dispose();
  }
}

describe("createTrainStep", () => {
  it("learns to tell the listeners apart", async () => {
    const undropped = { ...architecture, dropout: 0 };
    const { losses, state } = await train(
      { architecture: undropped, learningRate: 0.01 },
      batches(100),
    );
    const last = losses.slice(-20).reduce((sum, loss) => sum + loss, 0) / 20;
    expect(last).toBeLessThan(0.1);
    expect(losses[0]).toBeGreaterThan(0.4);
    expect(state.get("step")?.data).toEqual(Float32Array.of(100));
  });

  it("resumes bit for bit from a state written to a file", async () => {
    const [a, b, c, d] = batches(4) as [TrainBatch, TrainBatch, TrainBatch, TrainBatch];
    const whole = await train({}, [a, b, c, d]);
    const first = await train({}, [a, b]);
    const read = readFloatTensors(writeSafetensors(first.state)).tensors;
    const second = await train({ state: read }, [c, d]);
    expect(second.state).toEqual(whole.state);
    expect([...first.losses, ...second.losses]).toEqual(whole.losses);
  });

  it("continues from a loaded state, and returns copies of its own", async () => {
    const [a, b] = batches(2) as [TrainBatch, TrainBatch];
    const step = await createTrainStep(options);
    const { loss } = await step.run(a);
    const state = step.state();
    const copy = structuredClone(state);
    await step.run(b);
    expect(state).toEqual(copy);
    step.load(options.state);
    expect((await step.run(a)).loss).toBe(loss);
    expect(step.state()).toEqual(copy);
    await step.dispose();
  });

  it("ignores labels of weight 0 in loss and gradient", async () => {
    const [batch] = batches(1) as [TrainBatch];
    const labelWeights = new Float32Array(BATCH * 2).map((_, i) => (i % 2 === 0 ? 1 : 0));
    const masked = await train({}, [{ ...batch, labelWeights }]);
    const flipped = batch.labels.map((label, i) => (i % 2 === 0 ? label : 1 - label));
    const other = await train({}, [{ ...batch, labelWeights, labels: flipped }]);
    expect(other).toEqual(masked);
    const second = (state: TrainState) => state.get("adam.first.fc.bias")!.data[1]!;
    expect(second(masked.state)).toBe(0);
    const none = await train({}, [{ ...batch, labelWeights: new Float32Array(BATCH * 2) }]);
    expect(none.losses).toEqual([0]);
  });

  it("drops the features of the mask, or different ones in every step without a mask", async () => {
    const [batch] = batches(1) as [TrainBatch];
    const dropoutMask = new Float32Array(BATCH * 8).fill(1);
    for (let item = 0; item < BATCH; item++) dropoutMask[8 * item + 3] = 0;
    const { state } = await train({}, [{ ...batch, dropoutMask }]);
    const gradient = state.get("adam.first.fc.weight")!.data;
    const decay = 0.1 * options.weightDecay;
    expect(gradient[3]).toBeCloseTo(decay * options.state.get("fc.weight")!.data[3]!, 9);
    expect(Math.abs(gradient[2]!)).toBeGreaterThan(1e-4);

    const frozen = { trunkFrozen: true, learningRate: 0 };
    const { losses } = await train(frozen, [batch, batch, batch]);
    expect(new Set(losses).size).toBe(3);
    const repeated = await train(frozen, [batch, batch, batch]);
    expect(repeated.losses).toEqual(losses);
  });

  it("trains the heads only if the trunk is frozen", async () => {
    const { state } = await train({ trunkFrozen: true }, batches(3));
    for (const [name, { data }] of options.state) {
      const changed = /^(adam\..*\.)?fc\.|^step$/.test(name);
      expect(state.get(name)?.data.every((value, i) => value === data[i])).toBe(!changed);
    }
  });

  it("has the mean loss of the heads trained alone", async () => {
    const [batch] = batches(1) as [TrainBatch];
    const dropoutMask = new Float32Array(BATCH * 8).fill(1);
    const both = await train({}, [{ ...batch, dropoutMask }]);
    const losses = await Promise.all(
      [0, 1].map(async (head) => {
        const labelWeights = new Float32Array(BATCH * 2).map((_, i) => (i % 2 === head ? 1 : 0));
        return (await train({}, [{ ...batch, dropoutMask, labelWeights }])).losses[0]!;
      }),
    );
    expect(both.losses[0]).toBeCloseTo((losses[0]! + losses[1]!) / 2, 6);
  });

  it("describes sizes and states that don't fit", async () => {
    await expect(createTrainStep({ ...options, frames: 7 })).rejects.toThrow(
      "at least 8 bands and frames; it has 16 and 7",
    );
    await expect(createTrainStep({ ...options, batchSize: 0 })).rejects.toThrow(
      "at least 1, not 0",
    );
    const other = initialState({ ...architecture, heads: 3 }, 1);
    await expect(createTrainStep({ ...options, state: other })).rejects.toThrow('"fc.weight" is');
    const step = await createTrainStep(options);
    const [batch] = batches(1) as [TrainBatch];
    await expect(step.run({ ...batch, labels: new Float32Array(5) })).rejects.toThrow(
      "labels has 5 numbers; the batch needs 10, as [5, 2]",
    );
    await step.dispose();
  });
});

describe("drawDropoutMask", () => {
  it("drops the given share of the features", () => {
    for (const rate of [0, 0.3, 0.9]) {
      const mask = drawDropoutMask(20_000, rate, 5, 0);
      expect(mask.every((value) => value === 0 || value === 1)).toBe(true);
      const dropped = 1 - mask.reduce((sum, value) => sum + value, 0) / mask.length;
      expect(Math.abs(dropped - rate)).toBeLessThan(0.02);
    }
  });

  it("depends on the seed and the step alone", () => {
    const mask = (seed: number, step: number) => drawDropoutMask(64, 0.5, seed, step).join("");
    const masks = [0, 1, 2, 0xffffffff].flatMap((seed) =>
      [0, 1, 2, 1000, 1_000_000].map((step) => mask(seed, step)),
    );
    expect(new Set(masks).size).toBe(masks.length);
    expect(mask(1, 1000)).toBe(masks[8]);
  });
});
