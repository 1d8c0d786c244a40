import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MetricLine, TrainingConfig } from "@lemons/shared/contract/training";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunObserver } from "../run-record/run-observer.ts";
import { exportInferenceModel } from "../train/export-model.ts";
import { readTrainingSet, type TrainingSet } from "../training-data/training-set.ts";
import { type Checkpoint, lastCheckpoint, readCheckpoint } from "./checkpoint.ts";
import type { EpochReport, StepReport } from "./train-model.ts";
import { TINY_CONFIG, writeTinyCatalogue } from "./training-fixture.ts";
import { trainingParts } from "./training-parts.ts";
import { openTrainingSession } from "./training-session.ts";

let folder: string;
let set: TrainingSet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-train-"));
  await writeTinyCatalogue(folder);
  set = await readTrainingSet(folder, TINY_CONFIG.listeners);
});
afterAll(() => rm(folder, { recursive: true }));

interface Options {
  run: string;
  config?: Partial<TrainingConfig>;
  epochs?: number;
  patience?: number;
  workers?: number;
  resume?: Checkpoint | null;
  /** Interrupts the training when it returns true. */
  stopAt?: (step: StepReport) => boolean;
}

async function train(options: Options) {
  const { run, epochs = 4, patience = 0, workers = 0, resume = null, stopAt } = options;
  const config = { ...TINY_CONFIG, ...options.config };
  const controller = new AbortController();
  const scalars: Omit<MetricLine, "time">[] = [];
  const observer: RunObserver = {
    scalar: (name, value, step) => scalars.push({ name, value, step }),
    line: () => {},
    artifact: async () => {},
    flush: async () => {},
    end: async () => {},
  };
  const epochReports: EpochReport[] = [];
  const session = await openTrainingSession({
    config,
    set,
    workers,
    cache: join(folder, "cache"),
    provider: "cpu",
    intraOpThreads: 1,
    signal: controller.signal,
    onDecoded: () => {},
  });
  const parts = trainingParts(set.slugs, config.trainedPart, config.splitSeed);
  try {
    const trained = await session.train(parts, join(folder, run), {
      epochs,
      patience,
      logStep: 1,
      observer,
      resume,
      onStep: (report) => {
        if (stopAt?.(report)) controller.abort();
      },
      onEpoch: (report) => epochReports.push(report),
    });
    const model = trained.best ? exportInferenceModel(config.architecture, trained.best) : null;
    const logits =
      model && !trained.interrupted ? await session.validator.logits(model, parts.test) : [];
    return { ...trained, scalars, epochReports, parts, logits };
  } finally {
    await session.close();
  }
}

const last = (run: string) => readCheckpoint(lastCheckpoint(join(folder, run)));

describe("trainModel", () => {
  it("learns to tell the listeners' tracks apart", async () => {
    const { best, progress, epochReports, scalars, parts, logits } = await train({
      run: "learns",
      config: { bestBy: "loss" },
      epochs: 8,
    });
    expect(best).not.toBeNull();
    expect(progress.epoch).toBe(8);
    const [baseline] = epochReports;
    expect(baseline).toMatchObject({ epoch: 0, loss: null });
    expect(progress.best!.validation!.loss).toBeLessThan(baseline!.validation!.loss / 2);
    for (const [row, track] of parts.test.entries()) {
      const isTone = set.labels[2 * track] === 1;
      const [tones, noises] = logits[row]!;
      expect(tones! > noises!).toBe(isTone);
    }
    const names = (epoch: number) =>
      scalars
        .filter(({ name, step }) => name !== "train.loss" && step === epoch)
        .map(({ name }) => name);
    const validation = ["val.avg_loss", "val.roc_auc", "val.avg_prec"];
    expect(names(0)).toEqual(validation);
    expect(names(1)).toEqual(["train.avg_loss", ...validation]);
    const losses = scalars.filter(({ name }) => name === "train.loss");
    expect(losses.map(({ step }) => step)).toEqual(losses.map((_, index) => index + 1));
  });

  it("gives the same numbers for one seed and any number of threads", async () => {
    await train({ run: "alone", epochs: 2 });
    await train({ run: "threads", epochs: 2, workers: 2 });
    expect(await last("threads")).toEqual(await last("alone"));
    await train({ run: "other-seed", epochs: 1, config: { seed: 2 } });
    expect((await last("other-seed")).state).not.toEqual((await last("alone")).state);
  });

  it("resumes exactly, in the middle of an epoch and after one", async () => {
    const whole = await train({ run: "whole" });
    const stopped = await train({
      run: "stopped",
      stopAt: ({ epoch, step }) => epoch === 2 && step === 3,
    });
    expect(stopped.interrupted).toBe(true);
    const checkpoint = await last("stopped");
    expect(checkpoint.progress).toMatchObject({ epoch: 1, step: 3 });
    const again = await train({
      run: "stopped",
      resume: checkpoint,
      stopAt: ({ epoch, step, steps }) => epoch === 3 && step === steps,
    });
    expect(again.interrupted).toBe(true);
    const end = await train({ run: "stopped", resume: await last("stopped") });
    expect(await last("stopped")).toEqual(await last("whole"));
    expect(end.best).toEqual(whole.best);
    expect([...stopped.scalars, ...again.scalars, ...end.scalars]).toEqual(whole.scalars);
  });

  it("keeps the best epoch, and stops after `patience` epochs without improvement", async () => {
    const { progress, epochReports } = await train({ run: "patient", epochs: 20, patience: 2 });
    const aucs = epochReports.slice(1).map(({ validation }) => validation!.auc!);
    const best = aucs.indexOf(Math.max(...aucs)) + 1;
    expect(progress.best).toMatchObject({ epoch: best, value: aucs[best - 1] });
    expect(progress.epoch).toBe(Math.min(20, best + 2));
  });

  it("trains on all tracks if no epoch is chosen", async () => {
    const { progress, epochReports, parts } = await train({
      run: "all",
      config: { trainedPart: "all", bestBy: "last" },
      epochs: 2,
    });
    expect([parts.train.length, parts.validation, parts.test]).toEqual([20, [], []]);
    expect(progress.best).toEqual({ epoch: 2, value: null, validation: null });
    expect(epochReports.map(({ validation }) => validation)).toEqual([null, null, null]);
  });

  it("fails if the loss diverges", async () => {
    const diverging = train({ run: "diverges", config: { lr: 1e38 }, epochs: 20 });
    await expect(diverging).rejects.toThrow(/no longer finite; try a smaller --lr/);
  });
});
