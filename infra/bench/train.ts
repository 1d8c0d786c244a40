import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { initialState } from "@lemons/research/train/train-state";
import { createTrainStep } from "@lemons/research/train/train-step";
import { Architecture } from "@lemons/shared/contract/model";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { startTorch, TORCH_FORMATS, type TorchFormat } from "./torch-steps.ts";

/** The original's batch of crops of one second. */
const BATCH_SIZE = 20;
const FRAMES = 63;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 9;

/** The result of {@link benchTrain}: medians of the rounds. */
export interface TrainBench {
  batchSize: number;
  frames: number;
  threads: number;
  rounds: number;
  secondsPerStep: number;
  /** null if there is no Python with PyTorch. */
  torch: {
    version: string;
    secondsPerStep: Record<TorchFormat, number>;
    /** Ours over the faster of PyTorch's. */
    ratio: number;
  } | null;
}

/** Times training steps in turn with PyTorch's, so that a slow moment affects both alike. */
export async function benchTrain(onStep: (message: string) => void): Promise<TrainBench> {
  const threads = availableParallelism();
  const architecture = Architecture.parse({});
  const { bands, channels, dropout } = architecture;
  const step = await createTrainStep({
    architecture,
    batchSize: BATCH_SIZE,
    frames: FRAMES,
    learningRate: 1e-3,
    weightDecay: 1e-4,
    provider: "cpu",
    threads,
    state: initialState(architecture, 1),
    seed: 1,
  });
  const batch = randomBatch(bands);
  const shape = { batch: BATCH_SIZE, bands, frames: FRAMES };
  const torch = await startTorch({ threads, ...shape, channels, dropout });
  if (torch === null) onStep("No Python with PyTorch was found: LEMONS_PYTHON can name one");
  const ours: number[] = [];
  const theirs: Record<TorchFormat, number[]> = { default: [], channels_last: [] };
  try {
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      onStep(`Training steps, round ${round + 1} of ${WARM_UP_ROUNDS + ROUNDS}`);
      const start = performance.now();
      await step.run(batch);
      const seconds = (performance.now() - start) / 1000;
      const others = new Map<TorchFormat, number>();
      for (const format of torch ? TORCH_FORMATS : []) {
        others.set(format, await torch!.step(format));
      }
      if (round < WARM_UP_ROUNDS) continue;
      ours.push(seconds);
      for (const [format, time] of others) theirs[format].push(time);
    }
  } finally {
    await torch?.stop();
    await step.dispose();
  }
  const secondsPerStep = median(ours);
  const measured = { batchSize: BATCH_SIZE, frames: FRAMES, threads, rounds: ROUNDS };
  if (!torch) return { ...measured, secondsPerStep, torch: null };
  const torchSeconds = {
    default: median(theirs.default),
    channels_last: median(theirs.channels_last),
  };
  const ratio = secondsPerStep / Math.min(torchSeconds.default, torchSeconds.channels_last);
  const { version } = torch;
  return { ...measured, secondsPerStep, torch: { version, secondsPerStep: torchSeconds, ratio } };
}

/** Noise in decibels; a step takes as long as with music. */
function randomBatch(bands: number) {
  const random = createMt19937(2);
  const uniform = () => random.nextUint32() / 2 ** 32;
  return {
    logMel: Float32Array.from({ length: BATCH_SIZE * bands * FRAMES }, () => 80 * uniform() - 80),
    labels: Float32Array.from({ length: BATCH_SIZE }, () => Math.round(uniform())),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
