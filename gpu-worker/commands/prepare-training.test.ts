import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../engine/input-error.ts";
import { writeTinyCatalogue } from "../research/training-run/training-fixture.ts";
import { parseOptions } from "./parse-options.ts";
import { prepareTraining } from "./prepare-training.ts";
import { TRAIN_OPTIONS } from "./train-settings.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-prepare-"));
  await writeTinyCatalogue(join(folder, "music"));
});
afterAll(() => rm(folder, { recursive: true }));

function prepare(args: string, environment: Record<string, string> = {}) {
  const words = args.split(" ").map((word) => word.replace("DIR", folder));
  const given = parseOptions({ name: "train", options: TRAIN_OPTIONS }, words)!;
  return prepareTraining(given, environment);
}

const MUSIC = "--catalogue DIR/music";
const ONE = `${MUSIC} --listener tones --best-by loss --out DIR/x`;

describe("prepareTraining", () => {
  it("has the original's defaults, and silence", async () => {
    const { config, settings, id, device } = await prepare(ONE);
    expect(config).toMatchObject({
      listeners: ["tones"],
      architecture: { bands: 256, channels: [64, 128, 128, 128, 64], dropout: 0.5, heads: 1 },
      inputLength: 16_000,
      batchSize: 20,
      cropsPerTrack: 1,
      lr: 1e-3,
      wd: 1e-4,
      silence: 0.1,
      positiveWeight: 1,
      labelSmoothing: 0,
      augmentation: { gainDb: 0, speedPercent: 0, noiseDb: 0, mixup: 0 },
    });
    expect(settings).toMatchObject({
      epochs: 1000,
      patience: 0,
      logStep: 100,
      folds: null,
      records: {
        tensorboard: false,
        observer: null,
        experimentName: "LEMONS",
        database: "LEMONS",
      },
    });
    expect([id, device]).toEqual(["fcn-tones", "cpu"]);
  });

  it("reads every option", async () => {
    const { config, settings, device, isShared } = await prepare(
      `${MUSIC} --shared-encoder --out DIR/x --input-length 8000 --batch-size 4 --n-epochs 7 --lr .5 --wd 0 --num-workers 3 --device cuda:0 --log-step 5 --use-tensorboard --experiment-name E --mongodb-db-name D --observer mongodb://h --seed 4294967295 --split-seed 2 --train-part all --best-by last --patience 9 --crops-per-track 6 --silence 0.25 --positive-weight balanced --label-smoothing 0.1 --augment-gain 6 --augment-speed 3 --augment-noise 50 --augment-mixup 0.3 --channels 8,16 --dropout 0`,
    );
    expect(config).toMatchObject({
      listeners: ["tones", "noises"],
      architecture: { channels: [8, 16], dropout: 0, heads: 2 },
      trainedPart: "all",
      splitSeed: 2,
      seed: 4294967295,
      inputLength: 8000,
      batchSize: 4,
      cropsPerTrack: 6,
      lr: 0.5,
      wd: 0,
      silence: 0.25,
      positiveWeight: "balanced",
      labelSmoothing: 0.1,
      augmentation: { gainDb: 6, speedPercent: 3, noiseDb: 50, mixup: 0.3 },
      bestBy: "last",
    });
    expect(settings).toMatchObject({
      epochs: 7,
      patience: 9,
      logStep: 5,
      workers: 3,
      records: { tensorboard: true, observer: "mongodb://h", experimentName: "E", database: "D" },
    });
    expect([device, isShared]).toEqual(["cuda", true]);
    const secret = { LEMONS_OBSERVER: "mongodb://a:b@h" };
    expect((await prepare(ONE, secret)).settings.records.observer).toBe("mongodb://a:b@h");
  });

  it.each([
    ["--out x", "train needs --catalogue DIR"],
    [`${MUSIC} --out DIR/x`, "train needs --listener L, or --shared-encoder for all"],
    [`${MUSIC} --listener tones`, "train needs --out DIR"],
    [`${MUSIC} --listener Tones --out DIR/x`, '--listener "Tones" can\'t be the id of a listener'],
    [`${MUSIC} --listener tonnes --out DIR/x`, 'no listener "tonnes"; the nearest is "tones"'],
    [`${MUSIC} --listener tones noises --out DIR/x`, "a model has one listener; give one"],
    [`${ONE} --user-name tones`, "--listener names one listener twice"],
    [`--catalogue DIR/none --listener tones --out DIR/x`, "none: no such file or folder"],
    [`${ONE} --id Fcn`, '--id "Fcn" can\'t be the id of a model'],
    [`${ONE} --batch-size 0`, "--batch-size must be at least 1, not 0"],
    [`${ONE} --n-epochs 0`, "--n-epochs must be at least 1, not 0"],
    [`${ONE} --seed 4294967296`, "--seed must be at most 4294967295"],
    [`${ONE} --lr 0`, "--lr must be from 1e-12 to 10, not 0"],
    [`${ONE} --silence 0.6`, "--silence must be from 0 to 0.5, not 0.6"],
    [`${ONE} --dropout 1`, "--dropout must be from 0 to 0.99, not 1"],
    [`${ONE} --positive-weight often`, '--positive-weight must be a number, not "often"'],
    [`${ONE} --channels 4,x`, "--channels must be 1 to 8 whole numbers up to 1024"],
    [`${ONE} --device tpu`, '--device must be one of cpu, cuda, not "tpu"'],
    [`${ONE} --train-part all`, "--train-part all leaves no tracks to choose the epoch by"],
    [`${ONE} --input-length 100`, "--input-length must be at least 7936 for 5 blocks, not 100"],
    [`${ONE} --observer http://h`, "--observer must be a URL that begins with mongodb://"],
    [`${ONE} --mongodb-db-name a.b`, '--mongodb-db-name "a.b" may contain only letters'],
    [`${ONE} --model-load-path DIR/music`, "last.safetensors: no such checkpoint"],
    [`${ONE} --model-load-path DIR/none`, "none: no such file or folder"],
    [`${ONE} --cross-validation 2`, "--cross-validation writes no model; leave out --out"],
    [`${MUSIC} --listener tones --cross-validation 21`, "the catalogue has only 20 tracks"],
    [`${MUSIC} --listener tones --cross-validation 1`, "--cross-validation must be at least 2"],
    [`${MUSIC} --listener tones --out DIR/music/track-0.wav`, "not a folder"],
  ])("refuses %s", async (args, message) => {
    const before = await readdir(folder);
    const preparing = prepare(args);
    await expect(preparing).rejects.toThrow(InputError);
    await expect(preparing).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual(before);
  });

  it("refuses to choose by AUC if no listener has both kinds of validation tracks", async () => {
    const seeds = Array.from({ length: 12 }, (_, seed) =>
      prepare(`${MUSIC} --listener tones --out DIR/x --split-seed ${seed}`).then(
        () => "chosen",
        (error: Error) => error.message,
      ),
    );
    const outcomes = await Promise.all(seeds);
    expect(outcomes).toContain("chosen");
    expect(outcomes).toContainEqual(
      expect.stringMatching(/so there is no AUC; give --best-by loss/),
    );
  });
});
