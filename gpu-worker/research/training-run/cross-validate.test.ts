import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { CrossValidation } from "@lemons/shared/contract/training";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { combineObservers } from "../run-record/run-observer.ts";
import { readTrainingSet } from "../training-data/training-set.ts";
import { crossValidate, summarise } from "./cross-validate.ts";
import { TINY_CONFIG, writeTinyCatalogue } from "./training-fixture.ts";
import { openTrainingSession } from "./training-session.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-folds-"));
  await writeTinyCatalogue(folder);
});
afterAll(() => rm(folder, { recursive: true }));

async function validate(run: string, stopAt?: (fold: number, epoch: number) => boolean) {
  const set = await readTrainingSet(folder, TINY_CONFIG.listeners);
  const controller = new AbortController();
  const config = { ...TINY_CONFIG, bestBy: "last" as const, calibration: "biases" as const };
  const session = await openTrainingSession({
    config,
    set,
    workers: 0,
    cache: join(folder, "cache"),
    provider: "cpu",
    intraOpThreads: 1,
    signal: controller.signal,
    onDecoded: () => {},
  });
  try {
    return await crossValidate({
      session,
      config,
      set,
      folds: 3,
      epochs: 2,
      patience: 0,
      logStep: 100,
      folder: join(folder, run),
      observer: combineObservers([]),
      onEpoch: (fold, { epoch }) => {
        if (stopAt?.(fold, epoch)) controller.abort();
      },
    });
  } finally {
    await session.close();
  }
}

describe("crossValidate", () => {
  it("scores each track once, and resumes after an interruption", async () => {
    const whole = CrossValidation.parse(await validate("whole"));
    expect(whole.logits.map(({ track }) => track).sort()).toHaveLength(20);
    expect(new Set(whole.logits.map(({ track }) => track)).size).toBe(20);
    expect(whole.listeners.map(({ positives }) => positives)).toEqual([10, 10]);

    expect(await validate("stopped", (fold, epoch) => fold === 1 && epoch === 1)).toBeNull();
    expect((await readdir(join(folder, "stopped"))).sort()).toEqual(["fold-1", "fold-2"]);
    const again = await validate("stopped");
    expect({ ...again, run: whole.run }).toEqual(whole);
  });
});

describe("summarise", () => {
  it("returns metrics of all tracks together and over the folds", () => {
    const set = {
      slugs: ["a", "b", "c", "d", "e"].map((slug) => TrackId.parse(slug)),
      sounds: [],
      listeners: [ListenerId.parse("ann")],
      labels: Uint8Array.of(1, 0, 1, 0, 1),
    };
    const parts = [
      { train: [], validation: [], test: [0, 1] },
      { train: [], validation: [], test: [2, 3] },
      { train: [], validation: [], test: [4] },
    ];
    const { listeners, mean } = summarise(set, parts, [[[2], [1]], [[0], [0.5]], [[3]]]);
    expect(listeners[0]).toMatchObject({
      listener: "ann",
      positives: 3,
      auc: { folds: 2, mean: 0.5, sd: Math.SQRT1_2 },
      pooledAuc: 4 / 6,
    });
    expect(mean.auc).toBe(4 / 6);
  });
});
