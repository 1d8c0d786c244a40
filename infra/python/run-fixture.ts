import type { RunDescription } from "@lemons/research/run-record/run-observer";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId } from "@lemons/shared/contract/identifier";

/** A run as `lemons train` would describe it. */
export const RUN: RunDescription = {
  experimentName: "LEMONS",
  startTime: new Date("2026-11-24T19:00:00Z"),
  config: {
    listeners: [ListenerId.parse("ilse")],
    architecture: { bands: 256, channels: [4, 4], dropout: 0.5, heads: 1 },
    frontEnd: DEFAULT_FRONT_END,
    trainedPart: "train",
    splitSeed: 0,
    seed: 0,
    inputLength: 16_000,
    batchSize: 20,
    cropsPerTrack: 1,
    lr: 1,
    wd: 1e-4,
    silence: 0.1,
    positiveWeight: "balanced",
    labelSmoothing: 0,
    augmentation: { gainDb: 0, speedPercent: 0, noiseDb: 0, mixup: 0 },
    bestBy: "auc",
    calibration: "none",
  },
  environment: {
    lemons: "0.1.0",
    node: "24.21.0",
    onnxruntime: "1.30.0",
    os: "Linux 6.1 x64",
    hostname: "here",
    cpu: "a processor",
    cores: 2,
    memoryBytes: 1024,
    device: "cpu",
    threads: 2,
    commit: "0123456789abcdef+",
    command: ["train", "--catalogue", "demo"],
  },
};
